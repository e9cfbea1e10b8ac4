import type { Clock } from '../../shared/clock.ts'
import { type Rate, TokenBucket } from '../../shared/token-bucket.ts'

export type ConnectionLimitsOptions = {
  /** Connections that were let in. */
  readonly inAll: number
  /** Connections of one caller, let in or not. */
  readonly perCaller: number
  /** Connections that were not let in yet, or never are; they take no place of those that were. */
  readonly waiting: number
  /** New connections of one caller. */
  readonly rate: Rate
}

/** A connection that counts until it is released. */
export type Seat = {
  /** Its token is good: it waits no longer. */
  letIn(): void
  release(): void
}

/** `caller`: this caller has too many or comes too fast; `capacity`: the media node has too many. */
export type EntryRefusal = { readonly reason: 'caller' | 'capacity'; readonly retryAfterMs: number }

type Caller = { readonly bucket: TokenBucket; open: number; waiting: number }

/** Callers remembered at once; those with neither an open connection nor a recent one are forgotten to make room. */
const CAPACITY = 20_000

/** Of the connections that wait, one caller has at most one in so many. */
const CALLERS_SHARE = 4

/** When somebody whom no rate keeps out may try again. */
const TRY_AGAIN_MS = 1_000

/** How many connections are open, in all and of each caller. One that is refused is not counted. */
export class ConnectionLimits {
  readonly #options: ConnectionLimitsOptions
  readonly #clock: Clock
  readonly #callers = new Map<string, Caller>()
  #open = 0
  #waiting = 0

  constructor(options: ConnectionLimitsOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
  }

  /** Connections that are open or closing. */
  get open(): number {
    return this.#open
  }

  enter(name: string): Seat | EntryRefusal {
    const { inAll, perCaller, waiting } = this.#options
    if (this.#open - this.#waiting >= inAll || this.#waiting >= waiting) return refusal('capacity')
    const caller = this.#caller(name)
    if (caller === undefined) return refusal('capacity')
    if (!caller.bucket.take()) return refusal('caller', caller.bucket.waitMs)
    if (caller.open >= perCaller || caller.waiting >= Math.ceil(waiting / CALLERS_SHARE)) return refusal('caller')
    return this.#seat(caller)
  }

  #seat(caller: Caller): Seat {
    let waits = true
    let isOpen = true
    const wait = (by: 1 | -1) => {
      caller.waiting += by
      this.#waiting += by
    }
    const letIn = () => {
      if (waits) wait(-1)
      waits = false
    }
    caller.open += 1
    this.#open += 1
    wait(1)
    const release = () => {
      if (!isOpen) return
      isOpen = false
      letIn()
      caller.open -= 1
      this.#open -= 1
    }
    return { letIn, release }
  }

  /** Undefined when no more callers can be remembered. */
  #caller(name: string): Caller | undefined {
    const known = this.#callers.get(name)
    if (known !== undefined) return known
    if (this.#callers.size >= CAPACITY) this.#forgetIdle()
    if (this.#callers.size >= CAPACITY) return undefined
    const caller = { bucket: new TokenBucket(this.#options.rate, this.#clock), open: 0, waiting: 0 }
    this.#callers.set(name, caller)
    return caller
  }

  #forgetIdle(): void {
    for (const [name, { open, bucket }] of this.#callers) {
      if (open === 0 && bucket.full) this.#callers.delete(name)
    }
  }
}

function refusal(reason: EntryRefusal['reason'], retryAfterMs = TRY_AGAIN_MS): EntryRefusal {
  return { reason, retryAfterMs }
}
