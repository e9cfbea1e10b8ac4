import type { Clock } from '../shared/clock.ts'

/** Makes one answer for all who ask while it is being made, and for `ms` milliseconds from then. A failure is not kept. */
export function sharedFor<T>(ms: number, clock: Clock, make: () => Promise<T>): () => Promise<T> {
  let shared: { readonly answer: Promise<T>; readonly madeAt: number; made: boolean } | undefined
  return () => {
    if (shared && (!shared.made || clock.now() - shared.madeAt < ms)) return shared.answer
    const current = { answer: make(), madeAt: clock.now(), made: false }
    shared = current
    current.answer.then(
      () => {
        current.made = true
      },
      () => {
        if (shared === current) shared = undefined
      },
    )
    return current.answer
  }
}
