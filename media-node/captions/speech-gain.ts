/** No speech is made louder by more than this. */
export const MAX_GAIN_DB = 30

/** In dB below full scale, as RFC 6464 counts: a smaller number is louder. Speech whose loudest sounds reach this needs no gain. */
const LOUD_SPEECH = 30
/** A room's noise is not made louder than this, which no speech gate opens for. */
const QUIET_ROOM = 60
/** What is quieter comes from no microphone that is on, and says nothing about the room. Pauses after noise suppression are louder. */
const MICROPHONE_OFF = 120
/** Speech is so much louder than the room. */
const STANDS_OUT_DB = 12
/** A click is shorter. Less than the gate's pre-roll, so that nothing of a first word is lost. */
const HEARD_AFTER_MS = 160
/** Speech gets quieter by at least so much from one sound to the next, where a noise that sets in goes on as it is. */
const FALLS_DB = 6
const FLOOR_RISE_DB_PER_MS = 0.003
/** How fast a speaker who gets quieter is followed, in the time that they speak. One who gets louder is followed at once. */
const LOUDEST_FALL_DB_PER_MS = 0.001

/**
 * How much louder a quiet speaker has to be made to be recognised, from the level of each packet. Speech of ordinary level
 * needs nothing; noise gets nothing, for only what stands out from it for a while is taken for speech.
 */
export class SpeechGain {
  #floor: number | undefined
  #loudest: number | undefined
  #standsOutMs = 0
  /** Of the sounds since something began to stand out. */
  #loudestSince = 0
  /** Since the loudest one. */
  #quietest = 0

  /** Takes the level of the next `durationMs` of sound; returns the gain in dB, from 0 to `MAX_GAIN_DB`. */
  next(level: number, durationMs: number): number {
    if (level < MICROPHONE_OFF) {
      this.#followFloor(level, durationMs)
      this.#followSpeech(level, durationMs)
    }
    if (this.#floor === undefined || this.#loudest === undefined) return 0
    return Math.max(0, Math.min(MAX_GAIN_DB, this.#loudest - LOUD_SPEECH, this.#floor - QUIET_ROOM))
  }

  #followFloor(level: number, durationMs: number): void {
    const risen = (this.#floor ?? level) - FLOOR_RISE_DB_PER_MS * durationMs
    this.#floor = Math.max(level, risen)
  }

  #followSpeech(level: number, durationMs: number): void {
    const standsOut = level <= (this.#floor ?? level) - STANDS_OUT_DB
    this.#standsOutMs = Math.max(
      0,
      Math.min(HEARD_AFTER_MS, this.#standsOutMs + (standsOut ? durationMs : -durationMs)),
    )
    const louder = this.#standsOutMs <= durationMs || level < this.#loudestSince
    this.#loudestSince = louder ? level : this.#loudestSince
    this.#quietest = louder ? level : Math.max(level, this.#quietest)
    const falls = this.#quietest - this.#loudestSince >= FALLS_DB
    if (!standsOut || this.#standsOutMs < HEARD_AFTER_MS || !falls) return
    this.#loudest = Math.min(level, (this.#loudest ?? level) + LOUDEST_FALL_DB_PER_MS * durationMs)
  }
}
