import { asCallError } from './as-call-error.ts'
import type { Connection } from './connection.ts'
import type { Pause } from './pause.ts'
import { type Attempt, nextAttempt, remedyOf } from './reconnection-policy.ts'

/**
 * Tries to get a broken connection back, until something works, cannot work any more or `signal` aborts.
 *
 * @returns the new connection, or undefined when the one before was resumed
 * @throws CallError when no attempt can help, or the signal's reason
 */
export async function reconnect(options: {
  resume: (deadlineMs: number) => Promise<void>
  /** May resume as well, when the room turns out to be where it was. */
  rejoin: (deadlineMs: number, resumable: boolean) => Promise<Connection | undefined>
  /** Whether the media node may still have this participant. */
  resumable: boolean
  /** Before the first attempt. */
  delayMs: number
  pause: Pause
  random: () => number
  signal: AbortSignal
}): Promise<Connection | undefined> {
  const { pause, random, signal } = options
  let { resumable } = options
  let tried: readonly Attempt[] = []
  await pause.lasting(options.delayMs)
  for (;;) {
    const { attempt, delayMs, deadlineMs } = nextAttempt(tried, resumable, random)
    await pause.lasting(delayMs)
    signal.throwIfAborted()
    try {
      if (attempt === 'rejoin') return await options.rejoin(deadlineMs, resumable)
      return void (await options.resume(deadlineMs))
    } catch (cause) {
      signal.throwIfAborted()
      const error = asCallError(cause)
      const remedy = remedyOf[error.code]
      if (remedy === 'end') throw error
      if (attempt === 'resume' && remedy === 'rejoin') resumable = false
    }
    // Which attempts there were decides the next one; how many does so only by the back-off, which has its limit.
    tried = [...tried, attempt].slice(-MAX_REMEMBERED)
  }
}

const MAX_REMEMBERED = 32
