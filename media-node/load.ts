/** How busy this media node was over the last interval, each 0..1 of what that thread or process could do. */
export type LoadSample = {
  /** Of the main thread's event loop. */
  readonly eventLoop: number
  /** Of one core, for each mediasoup worker. */
  readonly workers: readonly number[]
}

/** How much a new sample counts; at one sample a second, three quarters of a step show after five. */
const SMOOTHING = 0.25

/** The worst of all parts decides, because that part is what the next room would wait for. Answers 0 (idle) to 1 (full). */
export function smoothedLoad(previous: number, { eventLoop, workers }: LoadSample): number {
  const worst = Math.min(1, Math.max(0, eventLoop, ...workers))
  return previous + SMOOTHING * (worst - previous)
}
