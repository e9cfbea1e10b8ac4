import type { Clock } from '../../../shared/clock.ts'
import { joinedTexts, withoutTokenSpaces } from '../written-words.ts'
import type { UtteranceAnswer } from './speech-connection.ts'

/**
 * Deepgram's documentation does not promise an answer to `Finalize` when little sound is left: after so long without
 * any result, what was heard is the final text, unless more sound than that is left.
 */
export const FINALIZE_QUIET_MS = 1_500
const LITTLE_SECONDS = 1
/** Deepgram rounds its times. */
const TOLERANCE_SECONDS = 0.05

export type DeepgramResult = {
  readonly text: string
  /** The span's text stays; the next result is of the next span. */
  readonly final: boolean
  /** It answers `Finalize`. */
  readonly finalized: boolean
  /** Seconds of sound of this connection up to which it reaches. */
  readonly end: number | undefined
}

type Utterance = {
  readonly answer: UtteranceAnswer
  readonly spans: string[]
  interim: string
  /** Seconds of sound of this connection when it was over. */
  end: number | undefined
}

/** Puts Deepgram's spans together to utterances: a span ends where Deepgram likes, an utterance where we said so. */
export class DeepgramSpans {
  readonly #clock: Clock
  readonly #utterances: Utterance[] = []
  #sentSeconds = 0
  #heardUntil = 0
  #answeredUntil = 0
  #cancelQuiet: () => void = () => undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  begin(answer: UtteranceAnswer): void {
    this.#utterances.push({ answer, spans: [], interim: '', end: undefined })
  }

  sent(seconds: number): void {
    this.#sentSeconds += seconds
  }

  finish(): void {
    const utterance = this.#utterances.at(-1)
    if (utterance === undefined) return
    utterance.end = this.#sentSeconds
    if (this.#utterances.length === 1) this.#awaitQuiet()
  }

  heard(result: DeepgramResult): void {
    this.#heardUntil = Math.max(this.#heardUntil, result.end ?? this.#sentSeconds)
    if (result.end !== undefined && result.end <= this.#answeredUntil + TOLERANCE_SECONDS) return
    this.#answerThoseBefore(result)
    const utterance = this.#utterances[0]
    if (utterance === undefined) return
    if (result.final && result.text !== '') utterance.spans.push(result.text)
    utterance.interim = result.final ? '' : result.text
    utterance.answer.partial(textOf(utterance))
    if (utterance.end === undefined) return
    const covered = result.final && result.end !== undefined && result.end >= utterance.end - TOLERANCE_SECONDS
    if (result.finalized || covered) this.#answer()
    else this.#awaitQuiet()
  }

  close(): void {
    this.#cancelQuiet()
    this.#utterances.length = 0
  }

  /** A result that reaches past an utterance's end belongs to a later one. */
  #answerThoseBefore({ end }: DeepgramResult): void {
    if (end === undefined) return
    for (let oldest = this.#utterances[0]; oldest?.end !== undefined; oldest = this.#utterances[0]) {
      if (end <= oldest.end + TOLERANCE_SECONDS || this.#utterances.length === 1) return
      this.#answer()
    }
  }

  #answer(): void {
    this.#cancelQuiet()
    const utterance = this.#utterances.shift()
    if (utterance === undefined) return
    this.#answeredUntil = utterance.end ?? this.#answeredUntil
    utterance.answer.final(textOf(utterance))
    if (this.#utterances[0]?.end !== undefined) this.#awaitQuiet()
  }

  #awaitQuiet(): void {
    this.#cancelQuiet()
    this.#cancelQuiet = this.#clock.after(FINALIZE_QUIET_MS, () => {
      const end = this.#utterances[0]?.end
      if (end !== undefined && this.#heardUntil >= end - LITTLE_SECONDS) this.#answer()
    })
  }
}

/** Deepgram puts a space between any two words, in Japanese too. */
function textOf({ spans, interim }: Utterance): string {
  return withoutTokenSpaces(joinedTexts([...spans, interim]))
}
