import type { Clock } from '../../shared/clock.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import { RecentMap } from '../../shared/recent-map.ts'
import { TokenBucket } from '../../shared/token-bucket.ts'

/** Beyond so many the caller longest away is forgotten, and starts anew. */
const CAPACITY = 20_000

const SECONDS_PER_MINUTE = 60

/** Lets a minute's joins of one caller through at once, and so many a minute in the long run. */
export class JoinLimits {
  readonly #perMinute: number
  readonly #clock: Clock
  readonly #buckets = new RecentMap<string, TokenBucket>(CAPACITY)

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute
    this.#clock = clock
  }

  /** @throws CallError `rate_limited` */
  join(caller: string): void {
    const rate = { perSecond: this.#perMinute / SECONDS_PER_MINUTE, burst: this.#perMinute }
    const bucket = this.#buckets.get(caller) ?? new TokenBucket(rate, this.#clock)
    this.#buckets.set(caller, bucket)
    if (!bucket.take()) throw new CallError('rate_limited', 'Too many joins from this address.')
  }
}
