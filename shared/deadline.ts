import type { Clock } from './clock.ts'

/** A hold of this process, however long, takes no more than one step's share of a deadline. */
const STEPS = 4

/**
 * Runs `task` once this process has run for `delayMs`; the returned function cancels it. It is counted in steps, as a process
 * that had no processor, or was stopped, finds all its timers due before it has read what reached it meanwhile: by the time
 * of day it would take everybody who answered for silent.
 */
export function afterRunning(clock: Clock, delayMs: number, task: () => void): () => void {
  let left = STEPS
  const step = (): (() => void) =>
    clock.after(delayMs / STEPS, () => {
      left -= 1
      if (left === 0) task()
      else cancel = step()
    })
  let cancel = step()
  return () => cancel()
}

/**
 * Settles as `work` does, or rejects with `late()` after this process has run for `ms` milliseconds. The work itself goes on:
 * what it makes after the deadline is its owner's to close.
 */
export function withDeadline<T>(clock: Clock, ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = afterRunning(clock, ms, () => reject(late()))
    work.then(resolve, reject).finally(cancel)
  })
}
