import { OPUS_CLOCK_HZ } from './opus-packet.ts'

const TICKS_PER_MS = OPUS_CLOCK_HZ / 1000
/** How long the quickest packet of a while stays the measure, so that the two clocks may drift apart. */
const WHILE_MS = 10_000

/**
 * Tells when a sound was captured. A packet arrives once its last sound is captured, and then some way and jitter
 * later; the quickest packets of the last seconds say how far the stream's clock is from ours.
 */
export class CaptureClock {
  #thisWhile = Number.POSITIVE_INFINITY
  #lastWhile = Number.POSITIVE_INFINITY
  #whileBegan: number | undefined

  /** A packet whose sound ends at `endTicks` of the stream's clock came in at `arrivedAt`. */
  observe(endTicks: number, arrivedAt: number): void {
    this.#whileBegan ??= arrivedAt
    if (arrivedAt - this.#whileBegan > WHILE_MS) {
      this.#lastWhile = this.#thisWhile
      this.#thisWhile = Number.POSITIVE_INFINITY
      this.#whileBegan = arrivedAt
    }
    this.#thisWhile = Math.min(this.#thisWhile, arrivedAt - endTicks / TICKS_PER_MS)
  }

  /** On the clock of `arrivedAt`, in milliseconds; only after something was observed. */
  capturedAt(ticks: number): number {
    return Math.min(this.#thisWhile, this.#lastWhile) + ticks / TICKS_PER_MS
  }
}
