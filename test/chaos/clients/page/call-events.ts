import type { Call } from '../../../../client/sdk/call.ts'

/** Passes on what a call tells its application, where it tells anything. */
export function callEvents(call: Call, listener: (event: unknown) => void): void {
  if ('on' in call && typeof call.on === 'function') call.on(listener)
}
