import type { Clock } from '../../../shared/clock.ts'
import { afterRunning } from '../../../shared/deadline.ts'
import type { TranslationFailure } from './translator.ts'

export type Limits = { readonly signal: AbortSignal; readonly clock: Clock; readonly deadlineMs: number }

/**
 * What `work` resolves with, or `unreachable` at once when the signal or the deadline ends it, which `work` is told by
 * its own signal. Rejects as `work` does.
 */
export function within<T>(limits: Limits, work: (signal: AbortSignal) => Promise<T>): Promise<T | TranslationFailure> {
  const { signal, clock, deadlineMs } = limits
  if (signal.aborted) return Promise.resolve(GIVEN_UP)
  const controller = new AbortController()
  return new Promise((resolve, reject) => {
    const end = (failure: TranslationFailure) => {
      resolve(failure)
      controller.abort()
    }
    const giveUp = () => end(GIVEN_UP)
    const cancel = afterRunning(clock, deadlineMs, () => end(LATE))
    signal.addEventListener('abort', giveUp, { once: true })
    work(controller.signal)
      .then(resolve, reject)
      .finally(() => {
        cancel()
        signal.removeEventListener('abort', giveUp)
      })
  })
}

const GIVEN_UP: TranslationFailure = { kind: 'unreachable', detail: 'given up before there was an answer' }
const LATE: TranslationFailure = { kind: 'unreachable', detail: 'no answer in time' }
