import { SeededRandom } from '../../seeded-random.ts'
import { OUTAGE_MS, type WireCondition } from './wire-condition.ts'

/** One direction of a wire: says of each packet how long it takes, or that it is lost. The same seed loses the same. */
export class LossyDirection {
  readonly #random: SeededRandom
  readonly #delayMs: number
  #outage = false
  #changesAt = Number.NEGATIVE_INFINITY

  constructor(seed: number, delayMs: number) {
    this.#random = new SeededRandom(seed)
    this.#delayMs = delayMs
  }

  /** Milliseconds until a packet sent at `now` arrives; undefined when it does not. */
  next(condition: WireCondition, now: number): number | undefined {
    const lost = condition.kind === 'burst' ? this.#inOutage(condition.loss, now) : this.#random.next() < condition.loss
    return lost ? undefined : this.#delayMs + 2 * condition.jitterMs * this.#random.next()
  }

  #inOutage(loss: number, now: number): boolean {
    if (loss === 0) return false
    const meanUpMs = (OUTAGE_MS * (1 - loss)) / loss
    if (this.#changesAt === Number.NEGATIVE_INFINITY) this.#changesAt = now + this.#about(meanUpMs)
    while (now >= this.#changesAt) {
      this.#outage = !this.#outage
      this.#changesAt += this.#about(this.#outage ? OUTAGE_MS : meanUpMs)
    }
    return this.#outage
  }

  /** Exponentially distributed. */
  #about(meanMs: number): number {
    return -meanMs * Math.log(1 - this.#random.next())
  }
}
