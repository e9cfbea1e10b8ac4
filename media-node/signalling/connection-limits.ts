import type { Clock } from '../../shared/clock.ts'
import { type Rate, TokenBucket } from '../../shared/token-bucket.ts'

export type ConnectionLimitsOptions = {
  readonly inAll: number
  readonly perAddress: number
  /** New connections from one address. */
  readonly rate: Rate
}

type Address = { readonly bucket: TokenBucket; open: number }

/** Addresses remembered at once; those with neither an open connection nor a recent one are forgotten to make room. */
const CAPACITY = 20_000

/** How many connections are open, in all and from each address. */
export class ConnectionLimits {
  readonly #options: ConnectionLimitsOptions
  readonly #clock: Clock
  readonly #addresses = new Map<string, Address>()
  #open = 0

  constructor(options: ConnectionLimitsOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
  }

  get open(): number {
    return this.#open
  }

  /** Whether one more would be beyond what this media node takes at all. */
  get exhausted(): boolean {
    if (this.#addresses.size >= CAPACITY) this.#forgetIdle()
    return this.#open >= this.#options.inAll || this.#addresses.size >= CAPACITY
  }

  /** Counts a connection until the returned `release` is called; `allowed` says whether its address may have it. */
  enter(address: string): { readonly allowed: boolean; readonly release: () => void } {
    const entry = this.#entry(address)
    const allowed = entry.bucket.take() && entry.open < this.#options.perAddress
    entry.open += 1
    this.#open += 1
    let released = false
    const release = () => {
      if (released) return
      released = true
      entry.open -= 1
      this.#open -= 1
    }
    return { allowed, release }
  }

  #entry(address: string): Address {
    const known = this.#addresses.get(address)
    if (known !== undefined) return known
    const entry = { bucket: new TokenBucket(this.#options.rate, this.#clock), open: 0 }
    this.#addresses.set(address, entry)
    return entry
  }

  #forgetIdle(): void {
    for (const [address, { open, bucket }] of this.#addresses) {
      if (open === 0 && bucket.full) this.#addresses.delete(address)
    }
  }
}
