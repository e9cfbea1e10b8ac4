import type { Clock } from './clock.ts'

/**
 * Makes one answer for all who ask while it is being made, and for `ms` milliseconds from its beginning. A failure is shared
 * as well, so that what fails costs no more than what does not.
 */
export function sharedFor<T>(ms: number, clock: Clock, make: () => Promise<T>): () => Promise<T> {
  let latest: { readonly answer: Promise<T>; readonly madeAt: number } | undefined
  let making = false
  return () => {
    if (latest !== undefined && (making || clock.now() - latest.madeAt < ms)) return latest.answer
    making = true
    const answer = make().finally(() => {
      making = false
    })
    latest = { answer, madeAt: clock.now() }
    return answer
  }
}
