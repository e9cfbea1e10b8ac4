import type { Connection } from './connection.ts'
import { Pause } from './pause.ts'
import type { Timer } from './timer.ts'

const TRY_AGAIN_AFTER_MS = 2_000

/**
 * Joins on the media node that a room moves to, while the one before goes on; again and again as long as there is none.
 *
 * @returns the new connection, or undefined when none was to be had by the deadline or `signal` aborted
 */
export async function migrate(options: {
  deadlineMs: number
  /** Undefined while the room is still where it was. */
  move: (signal: AbortSignal) => Promise<Connection | undefined>
  timer: Timer
  signal: AbortSignal
}): Promise<Connection | undefined> {
  const { timer } = options
  const late = new AbortController()
  const pause = new Pause(timer)
  const cancel = timer(options.deadlineMs, () => late.abort())
  const signal = AbortSignal.any([options.signal, late.signal])
  signal.addEventListener('abort', () => pause.cutShort())
  try {
    while (!signal.aborted) {
      const connection = await options.move(signal).catch(() => undefined)
      if (connection) return connection
      if (!signal.aborted) await pause.lasting(TRY_AGAIN_AFTER_MS)
    }
    return undefined
  } finally {
    cancel()
  }
}
