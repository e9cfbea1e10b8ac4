const SEQUENCES = 0x10000

/**
 * The last sequence number of each stream. The next one continues after it, since the receiver's replay window (RFC 3711
 * §3.3.2) keeps what is older from the parsers.
 */
export class Sequences {
  readonly #last = new Map<number, number>()

  start(ssrc: number, sequence: number): void {
    this.#last.set(ssrc, sequence)
  }

  has(ssrc: number): boolean {
    return this.#last.has(ssrc)
  }

  /** 0 for an SSRC that was not started, each packet of which is the first one for the receiver. */
  last(ssrc: number): number {
    return this.#last.get(ssrc) ?? 0
  }

  next(ssrc: number, step = 1): number {
    const sequence = (this.last(ssrc) + step) % SEQUENCES
    this.sent(ssrc, sequence)
    return sequence
  }

  /** Moves on to what was sent, unless that was an older one. */
  sent(ssrc: number, sequence: number): void {
    const isNewer = (sequence - this.last(ssrc) + SEQUENCES) % SEQUENCES < SEQUENCES / 2
    if (isNewer && this.#last.has(ssrc)) this.#last.set(ssrc, sequence)
  }
}
