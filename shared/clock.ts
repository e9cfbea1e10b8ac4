/** Time as a dependency, so that tests move it instead of waiting. */
export type Clock = {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Runs `task` once after `delayMs`; the returned function cancels it. A waiting task does not keep the process alive. */
  after(delayMs: number, task: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
