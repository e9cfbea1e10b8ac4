import type { Clock } from '../../../shared/clock.ts'
import { afterRunning } from '../../../shared/deadline.ts'
import type { EngineFailure, EngineRequest, EngineStream } from '../engine.ts'
import type { SpeechConnection, UtteranceAnswer } from './speech-connection.ts'

/** A server that says nothing about a finished utterance for so long is given up. */
export const ANSWER_DEADLINE_MS = 10_000
/** Sound that may wait here for the network; a minute and a half of it is 3 MB. */
export const MAX_QUEUED_MS = 90_000
/** Finished utterances that may wait for their final text. */
export const MAX_UNANSWERED = 32

export type RemoteStreamOptions = {
  readonly request: EngineRequest
  readonly connection: SpeechConnection
  readonly clock: Clock
  readonly onClosed: () => void
}

type Utterance = { heard: string; shown: string; final: string | undefined; finished: boolean }

/** A stream over a network: holds the texts back until it is their turn, and gives up a server that has gone silent. */
export class RemoteStream implements EngineStream {
  readonly #options: RemoteStreamOptions
  /** Those without a final text, oldest first; the last may be under way. */
  readonly #utterances: Utterance[] = []
  #speaking: Utterance | undefined
  #cancelDeadline: () => void = () => undefined
  #closed = false

  constructor(options: RemoteStreamOptions) {
    this.#options = options
  }

  get queuedMs(): number {
    return this.#closed ? 0 : this.#options.connection.queuedMs
  }

  write(pcm: Int16Array): void {
    if (this.#closed || pcm.length === 0) return
    if (this.#speaking === undefined) this.#begin()
    this.#options.connection.write(pcm)
    if (this.queuedMs > MAX_QUEUED_MS) this.fail({ kind: 'overloaded', detail: 'slower than the sound comes' })
  }

  finish(): void {
    if (this.#closed || this.#speaking === undefined) return
    this.#speaking.finished = true
    this.#speaking = undefined
    if (this.#utterances.length > MAX_UNANSWERED) {
      this.fail({ kind: 'overloaded', detail: 'too many utterances wait for their text' })
      return
    }
    if (this.#utterances.length === 1) this.#expectAnswer()
    this.#options.connection.finish()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#cancelDeadline()
    this.#options.connection.close()
    this.#options.onClosed()
  }

  /** Ends the stream and says why, unless it is over already. */
  fail(failure: EngineFailure): void {
    if (this.#closed) return
    this.close()
    this.#options.request.onFailure(failure)
  }

  #begin(): void {
    const utterance: Utterance = { heard: '', shown: '', final: undefined, finished: false }
    this.#speaking = utterance
    this.#utterances.push(utterance)
    this.#options.connection.begin(this.#answer(utterance))
  }

  #answer(utterance: Utterance): UtteranceAnswer {
    const say = (text: string, final: boolean) => {
      if (this.#closed || utterance.final !== undefined) return
      if (final) utterance.final = text.trim()
      else utterance.heard = text.trim()
      this.#expectAnswer()
      this.#tell()
    }
    return {
      get answered() {
        return utterance.final !== undefined
      },
      partial: (text) => say(text, false),
      final: (text) => say(text, true),
    }
  }

  #tell(): void {
    for (let oldest = this.#utterances[0]; oldest !== undefined && !this.#closed; oldest = this.#utterances[0]) {
      if (oldest.final === undefined) {
        this.#tellPartial(oldest)
        return
      }
      this.#utterances.shift()
      this.#expectAnswer()
      this.#options.request.onText({ text: oldest.final, final: true })
    }
  }

  #tellPartial(utterance: Utterance): void {
    if (utterance.heard === '' || utterance.heard === utterance.shown) return
    utterance.shown = utterance.heard
    this.#options.request.onText({ text: utterance.heard, final: false })
  }

  #expectAnswer(): void {
    this.#cancelDeadline()
    if (!this.#utterances[0]?.finished) return
    this.#cancelDeadline = afterRunning(this.#options.clock, ANSWER_DEADLINE_MS, () =>
      this.fail({ kind: 'unreachable', detail: 'no answer in time' }),
    )
  }
}
