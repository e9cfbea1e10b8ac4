import { SIGNALLING_PATH } from './admission.ts'

/** The WebSocket URL of signalling below a base such as `wss://node-1.example.com` or `wss://example.com/media/node-1`. */
export function signallingUrl(base: string): string {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${SIGNALLING_PATH}`
  return url.href
}
