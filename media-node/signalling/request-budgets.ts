import type { Clock } from '../../shared/clock.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import type { Method } from '../../shared/protocol/messages.ts'
import { TokenBucket, TokenBuckets } from '../../shared/token-bucket.ts'

/**
 * What a request weighs. One unit is about a tenth of a millisecond of the main thread in a room of 30, as measured: a new
 * track makes a consumer for everybody, captions a tap of everybody, and a mute is told to everybody.
 */
const WEIGHTS: Readonly<Record<Method, number>> = {
  'connect-transport': 5,
  'restart-ice': 5,
  receive: 20,
  produce: 25,
  'close-producer': 15,
  'pause-producer': 5,
  'resume-producer': 5,
  'resume-consumer': 1,
  'set-captions': 15,
  'set-speech': 15,
  ping: 1,
  // Whoever asked too much may still go.
  leave: 0,
}

/** To join weighs about a hundred: transports, both tracks, captions. */
const PARTICIPANT = { perSecond: 50, burst: 250 }

/**
 * Of all participants who joined from one address, and of all of one room: at most a twentieth of the main thread each. What
 * weighs least is not counted here, so that nobody's pings go unanswered because of others.
 */
const SHARED = { perSecond: 500, burst: 20_000 }

/** Beyond so many the one longest not used is forgotten, and would start anew. */
const CAPACITY = 20_000

/** Takes what a request weighs, whether it is done or its answer is given again. */
export type RequestBudget = {
  /** @throws CallError `rate_limited` when there is not so much left */
  spend(method: Method): void
}

/** What participants may ask of the main thread: each by themselves, by address, and by room. */
export class RequestBudgets {
  readonly #clock: Clock
  readonly #byCaller: TokenBuckets
  readonly #byRoom: TokenBuckets

  constructor(clock: Clock) {
    this.#clock = clock
    this.#byCaller = new TokenBuckets(SHARED, CAPACITY, clock)
    this.#byRoom = new TokenBuckets(SHARED, CAPACITY, clock)
  }

  /** Of a participant who came in now. */
  of({ caller, roomId }: { readonly caller: string; readonly roomId: string }): RequestBudget {
    const own = new TokenBucket(PARTICIPANT, this.#clock)
    const shared = [this.#byCaller.of(caller), this.#byRoom.of(roomId)]
    return {
      spend: (method) => {
        const weight = WEIGHTS[method]
        const buckets = weight > 1 ? [own, ...shared] : [own]
        if (!buckets.every((bucket) => bucket.has(weight))) throw new CallError('rate_limited', 'Too many requests.')
        for (const bucket of buckets) bucket.take(weight)
      },
    }
  }
}
