import type { Clock } from './clock.ts'

export type Rate = { readonly perSecond: number; readonly burst: number }

/** Lets `burst` through at once and `perSecond` in the long run. */
export class TokenBucket {
  readonly #rate: Rate
  readonly #clock: Clock
  #tokens: number
  #filledAt: number

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate
    this.#clock = clock
    this.#tokens = rate.burst
    this.#filledAt = clock.now()
  }

  /** Whether nothing has been taken for long enough that the bucket is as good as new. */
  get full(): boolean {
    this.#fill()
    return this.#tokens >= this.#rate.burst
  }

  /** Milliseconds until `take` lets one more through. */
  get waitMs(): number {
    this.#fill()
    return Math.max(0, Math.ceil(((1 - this.#tokens) * 1_000) / this.#rate.perSecond))
  }

  /** Whether `take` would let so much through. */
  has(amount: number): boolean {
    this.#fill()
    return this.#tokens >= amount
  }

  take(amount = 1): boolean {
    if (!this.has(amount)) return false
    this.#tokens -= amount
    return true
  }

  #fill(): void {
    const now = this.#clock.now()
    const elapsedMs = Math.max(0, now - this.#filledAt)
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + (elapsedMs / 1_000) * this.#rate.perSecond)
    this.#filledAt = now
  }
}
