/** Work that comes in portions; `turn` does one and tells whether more is waiting. */
export type TurnTaker = { turn(): boolean }

/**
 * Lets the streams of a lane use its thread in turn, one portion each, and lets the thread take its messages in between.
 * So a stream with much to recognise delays the others by one portion only.
 */
export class EngineTurns {
  readonly #waiting = new Set<TurnTaker>()
  readonly #schedule: (task: () => void) => void
  #scheduled = false

  constructor(schedule: (task: () => void) => void) {
    this.#schedule = schedule
  }

  /** Asks for a turn; asking twice is asking once. */
  request(taker: TurnTaker): void {
    this.#waiting.add(taker)
    this.#scheduleNext()
  }

  withdraw(taker: TurnTaker): void {
    this.#waiting.delete(taker)
  }

  #scheduleNext(): void {
    if (this.#scheduled || this.#waiting.size === 0) return
    this.#scheduled = true
    this.#schedule(() => this.#next())
  }

  #next(): void {
    this.#scheduled = false
    const [taker] = this.#waiting
    if (taker === undefined) return
    this.#waiting.delete(taker)
    if (taker.turn()) this.#waiting.add(taker)
    this.#scheduleNext()
  }
}
