import type { Clock } from '../shared/clock.ts'

/** Beyond this many callers the one longest idle is forgotten, and starts again with a full allowance. */
const MAX_CALLERS = 10_000

const MINUTE_MS = 60_000

type Bucket = { tokens: number; filledAt: number }

/** A token bucket per caller: up to a minute's allowance at once, refilled evenly. In this process's memory only. */
export class RateLimiter {
  readonly #perMinute: number
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute
    this.#clock = clock
  }

  /** How many milliseconds the caller has to wait; 0 admits the call and counts it. */
  admit(caller: string): number {
    const bucket = this.#filled(caller)
    this.#keep(caller, bucket)
    if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) * MINUTE_MS) / this.#perMinute)
    bucket.tokens -= 1
    return 0
  }

  #filled(caller: string): Bucket {
    const now = this.#clock.now()
    const bucket = this.#buckets.get(caller) ?? { tokens: this.#perMinute, filledAt: now }
    const earned = (Math.max(0, now - bucket.filledAt) * this.#perMinute) / MINUTE_MS
    return { tokens: Math.min(this.#perMinute, bucket.tokens + earned), filledAt: now }
  }

  #keep(caller: string, bucket: Bucket): void {
    this.#buckets.delete(caller)
    this.#buckets.set(caller, bucket)
    if (this.#buckets.size <= MAX_CALLERS) return
    for (const idlest of this.#buckets.keys()) {
      this.#buckets.delete(idlest)
      return
    }
  }
}
