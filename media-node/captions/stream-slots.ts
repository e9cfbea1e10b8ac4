export type SlotTaker = {
  /** It may have a stream from now on, until it releases. */
  granted(): void
  /** Others wait: whoever holds a slot without need releases it. */
  wanted(): void
}

/** Who of a lane may have an engine stream: so many at once, in the order in which they asked. */
export class StreamSlots {
  readonly #capacity: number
  readonly #holders = new Set<SlotTaker>()
  readonly #waiting = new Set<SlotTaker>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Whether anybody waits. */
  get contended(): boolean {
    return this.#waiting.size > 0
  }

  /** Asking twice is asking once. */
  request(taker: SlotTaker): void {
    if (this.#holders.has(taker)) return
    this.#waiting.add(taker)
    this.#grant()
    if (this.contended) for (const holder of [...this.#holders]) holder.wanted()
  }

  /** Gives a slot back, or the place in the queue. */
  release(taker: SlotTaker): void {
    this.#waiting.delete(taker)
    if (this.#holders.delete(taker)) this.#grant()
  }

  #grant(): void {
    for (const taker of this.#waiting) {
      if (this.#holders.size >= this.#capacity) return
      this.#waiting.delete(taker)
      this.#holders.add(taker)
      taker.granted()
    }
  }
}
