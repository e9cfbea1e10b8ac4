import type { Call } from '../sdk/call.ts'

declare global {
  interface Window {
    /** For support and tests, in the browser's console: `await jbcalling.call.getStats()`, `jbcalling.call.state`. */
    jbcalling?: { readonly call: Call }
  }
}

export function exposeCall(call: Call): void {
  window.jbcalling = { call }
}
