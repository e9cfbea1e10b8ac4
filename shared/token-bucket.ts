import type { Clock } from './clock.ts'
import { RecentMap } from './recent-map.ts'

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

  /** Gives back what was taken for nothing. */
  giveBack(): void {
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + 1)
  }

  #fill(): void {
    const now = this.#clock.now()
    const elapsedMs = Math.max(0, now - this.#filledAt)
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + (elapsedMs / 1_000) * this.#rate.perSecond)
    this.#filledAt = now
  }
}

/** So much at once as in a minute, refilled evenly. */
export function perMinute(count: number): Rate {
  return { perSecond: count / 60, burst: count }
}

/** A bucket for each name. Beyond `capacity` the one longest not used is forgotten, and starts full again. */
export class TokenBuckets {
  readonly #rate: Rate
  readonly #clock: Clock
  readonly #buckets: RecentMap<string, TokenBucket>

  constructor(rate: Rate, capacity: number, clock: Clock) {
    this.#rate = rate
    this.#clock = clock
    this.#buckets = new RecentMap(capacity)
  }

  of(name: string): TokenBucket {
    const bucket = this.#buckets.get(name) ?? new TokenBucket(this.#rate, this.#clock)
    this.#buckets.set(name, bucket)
    return bucket
  }
}
