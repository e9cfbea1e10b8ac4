import type { Context } from 'hono'
import type { Clock } from '../shared/clock.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import { perMinute, TokenBuckets } from '../shared/token-bucket.ts'

/** Beyond this many callers the one longest idle is forgotten, and starts again with a full allowance. */
const MAX_CALLERS = 10_000

/** A token bucket per caller: up to a minute's allowance at once, refilled evenly. In this process's memory only. */
export class RateLimiter {
  readonly #buckets: TokenBuckets

  constructor(callsPerMinute: number, clock: Clock) {
    this.#buckets = new TokenBuckets(perMinute(callsPerMinute), MAX_CALLERS, clock)
  }

  /** How many milliseconds the caller has to wait; 0 admits the call and counts it. */
  admit(caller: string): number {
    const bucket = this.#buckets.of(caller)
    return bucket.take() ? 0 : bucket.waitMs
  }

  /** A call that was admitted counts no more. */
  giveBack(caller: string): void {
    this.#buckets.of(caller).giveBack()
  }
}

/** @throws CallError `rate_limited` when there is a time to wait, which the answer says */
export function refuseWhile(c: Context, waitMs: number): void {
  if (waitMs <= 0) return
  c.header('retry-after', `${Math.ceil(waitMs / 1_000)}`)
  throw new CallError('rate_limited', 'Too many requests; try again later.')
}
