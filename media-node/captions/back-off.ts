export type BackOffOptions = {
  readonly firstMs: number
  readonly mostMs: number
  /** From 0 up to 1. */
  readonly random: () => number
}

/** How long to wait before the next attempt: up to twice as long as before each time, with full jitter. */
export class BackOff {
  readonly #options: BackOffOptions
  #attempts = 0

  constructor(options: BackOffOptions) {
    this.#options = options
  }

  /** Milliseconds. */
  next(): number {
    const { firstMs, mostMs, random } = this.#options
    const longest = Math.min(mostMs, firstMs * 2 ** this.#attempts)
    this.#attempts += 1
    return random() * longest
  }

  reset(): void {
    this.#attempts = 0
  }
}
