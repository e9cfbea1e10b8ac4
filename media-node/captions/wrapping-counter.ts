/** Follows a counter that wraps, such as RTP's sequence number or timestamp, on a line that does not. */
export class WrappingCounter {
  readonly #modulus: number
  #last: number | undefined

  constructor(bits: 16 | 32) {
    this.#modulus = 2 ** bits
  }

  /** The place of `value` on the line, taking the way round that is nearer to the value before. */
  unwrap(value: number): number {
    if (this.#last === undefined) {
      this.#last = value
      return value
    }
    const half = this.#modulus / 2
    const ahead = (((value - this.#last) % this.#modulus) + this.#modulus) % this.#modulus
    this.#last += ahead < half ? ahead : ahead - this.#modulus
    return this.#last
  }
}
