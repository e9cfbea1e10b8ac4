/** Work that comes in portions; `turn` does one and tells whether more is waiting. */
export type TurnTaker = { turn(): boolean }

export type EngineTurnsOptions = {
  readonly schedule: (task: () => void) => void
  /** Monotonic milliseconds. */
  readonly now: () => number
}

/**
 * Turns follow one another for so long before the thread takes its messages. With one at a time, two thousand chunks a
 * second for an engine on a network, which takes each in no time, waited for as many rounds of the event loop.
 */
const SPELL_MS = 1

/**
 * Lets the streams of a lane use its thread in turn, one portion each, and lets the thread take its messages in between.
 * So a stream with much to recognise delays the others by one portion only.
 */
export class EngineTurns {
  readonly #waiting = new Set<TurnTaker>()
  readonly #options: EngineTurnsOptions
  #scheduled = false

  constructor(options: EngineTurnsOptions) {
    this.#options = options
  }

  /** Asks for a turn; asking twice is asking once. */
  request(taker: TurnTaker): void {
    this.#waiting.add(taker)
    this.#scheduleNext()
  }

  withdraw(taker: TurnTaker): void {
    this.#waiting.delete(taker)
  }

  /** Gives turns now, for a spell. */
  spell(): void {
    const until = this.#options.now() + SPELL_MS
    while (this.#waiting.size > 0) {
      this.#next()
      if (this.#options.now() >= until) break
    }
  }

  #scheduleNext(): void {
    if (this.#scheduled || this.#waiting.size === 0) return
    this.#scheduled = true
    this.#options.schedule(() => {
      this.#scheduled = false
      this.spell()
      this.#scheduleNext()
    })
  }

  #next(): void {
    const [taker] = this.#waiting
    if (taker === undefined) return
    this.#waiting.delete(taker)
    if (taker.turn()) this.#waiting.add(taker)
  }
}
