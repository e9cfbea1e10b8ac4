/** What a stretch of sound means: nothing is said, speech begins with it, goes on, or ended with it. */
export type GateStep = 'silence' | 'begin' | 'speech' | 'end'

/** Sound kept from before speech was noticed: the first consonant is quieter than the vowel that gives it away. */
export const PRE_ROLL_MS = 300
/** Silence that ends an utterance. Shorter, and pauses within a sentence would; longer, and the final text waits. */
export const HANG_OVER_MS = 250
/** From here on a shorter pause will do, so that who talks on and on is still read in portions. */
const LONG_UTTERANCE_MS = 8_000
const LONG_UTTERANCE_HANG_OVER_MS = 140
/** No utterance is longer; the next one begins at once. */
const MAX_UTTERANCE_MS = 20_000

/** In dB below full scale, as RFC 6464 counts: a smaller number is louder. */
const QUIETEST_SPEECH = 50
const FLOOR_MARGIN_DB = 9
const HYSTERESIS_DB = 6
/** A room quieter than this makes no difference. */
const QUIETEST_FLOOR = 60
/** How fast the noise floor follows a room that gets louder. When it gets quieter, it follows at once. */
const FLOOR_RISE_DB_PER_MS = 0.0015
/** One click of 20 ms is not speech. */
const BEGIN_AFTER_MS = 40

/** Decides from the level of each packet where speech begins and ends. */
export class SpeechGate {
  #open = false
  #loudMs = 0
  #quietMs = 0
  #utteranceMs = 0
  #floor = QUIETEST_FLOOR

  get open(): boolean {
    return this.#open
  }

  /** Whether the sound taken last was speech, rather than a pause in it. */
  get loud(): boolean {
    return this.#open && this.#quietMs === 0
  }

  /** Takes the level of the next `durationMs` of sound. */
  next(level: number, durationMs: number): GateStep {
    const loud = level <= this.#threshold()
    this.#followFloor(level, durationMs)
    return this.#open ? this.#whileOpen(loud, durationMs) : this.#whileClosed(loud, durationMs)
  }

  /** Ends the utterance whatever the level. */
  close(): void {
    this.#open = false
    this.#loudMs = 0
  }

  #threshold(): number {
    const quietest = Math.min(QUIETEST_SPEECH, this.#floor - FLOOR_MARGIN_DB)
    return this.#open ? quietest + HYSTERESIS_DB : quietest
  }

  #followFloor(level: number, durationMs: number): void {
    if (level > this.#floor) this.#floor = Math.min(level, QUIETEST_FLOOR)
    else this.#floor = Math.max(level, this.#floor - FLOOR_RISE_DB_PER_MS * durationMs)
  }

  #whileClosed(loud: boolean, durationMs: number): GateStep {
    this.#loudMs = loud ? this.#loudMs + durationMs : 0
    if (this.#loudMs < BEGIN_AFTER_MS) return 'silence'
    this.#open = true
    this.#quietMs = 0
    this.#utteranceMs = this.#loudMs
    return 'begin'
  }

  #whileOpen(loud: boolean, durationMs: number): GateStep {
    this.#utteranceMs += durationMs
    this.#quietMs = loud ? 0 : this.#quietMs + durationMs
    const hangOver = this.#utteranceMs < LONG_UTTERANCE_MS ? HANG_OVER_MS : LONG_UTTERANCE_HANG_OVER_MS
    if (this.#quietMs < hangOver && this.#utteranceMs < MAX_UTTERANCE_MS) return 'speech'
    this.close()
    return 'end'
  }
}
