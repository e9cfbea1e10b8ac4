import type { Clock } from '../../shared/clock.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import { perMinute, TokenBuckets } from '../../shared/token-bucket.ts'

/** Beyond so many the caller longest away is forgotten, and starts anew. */
const CAPACITY = 20_000

/** Lets a minute's joins of one caller through at once, and so many a minute in the long run. */
export class JoinLimits {
  readonly #buckets: TokenBuckets

  constructor(joinsPerMinute: number, clock: Clock) {
    this.#buckets = new TokenBuckets(perMinute(joinsPerMinute), CAPACITY, clock)
  }

  /** @throws CallError `rate_limited` */
  join(caller: string): void {
    if (!this.#buckets.of(caller).take()) throw new CallError('rate_limited', 'Too many joins from this address.')
  }
}
