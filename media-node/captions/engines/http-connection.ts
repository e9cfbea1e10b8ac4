import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { EngineTrouble, troubleOfStatus } from './engine-trouble.ts'
import type { HttpPoster } from './http-poster.ts'
import { parseAnswer } from './parse-answer.ts'
import { SAMPLES_PER_MS } from './pcm-bytes.ts'
import { SegmentTexts } from './segment-texts.ts'
import type { OnTrouble, SpeechConnection, UtteranceAnswer } from './speech-connection.ts'
import { WaitingSound } from './waiting-sound.ts'

/** As much sound as one request carries when the service is slower than the speaker. */
export const MAX_JOINED_MS = 5_000

const answerSchema = z.object({
  segments: z
    .array(
      z.object({
        segmentId: z.string().min(1).max(128),
        text: z.string(),
        final: z.boolean(),
        startMs: z.number().nonnegative(),
        endMs: z.number().nonnegative(),
      }),
    )
    .max(256),
})

type Utterance = {
  readonly answer: UtteranceAnswer
  readonly sound: WaitingSound
  readonly segments: SegmentTexts
  finished: boolean
}

export type HttpConnectionOptions = {
  readonly poster: HttpPoster
  readonly language: string
  readonly onTrouble: OnTrouble
}

/** One speaker's stream over HTTP: a request at a time, with the sound that has come since the last one. */
export class HttpConnection implements SpeechConnection {
  readonly #options: HttpConnectionOptions
  readonly #id = randomUUID()
  readonly #abort = new AbortController()
  readonly #utterances: Utterance[] = []
  #sequence = 0
  #sentMs = 0
  #posting = false

  constructor(options: HttpConnectionOptions) {
    this.#options = options
  }

  get queuedMs(): number {
    return this.#utterances.reduce((ms, { sound }) => ms + sound.ms, 0)
  }

  /** Asks whether the service takes the stream: the first request, without sound. */
  async greet(vocabulary: readonly string[], signal: AbortSignal): Promise<void> {
    const query = vocabulary.length > 0 ? { vocabulary: vocabulary.join(',') } : {}
    await this.#post(new Uint8Array(), false, signal, query)
  }

  begin(answer: UtteranceAnswer): void {
    this.#utterances.push({ answer, sound: new WaitingSound(), segments: new SegmentTexts(), finished: false })
  }

  write(pcm: Int16Array): void {
    this.#utterances.at(-1)?.sound.add(pcm)
    this.#next()
  }

  finish(): void {
    const utterance = this.#utterances.at(-1)
    if (utterance !== undefined) utterance.finished = true
    this.#next()
  }

  close(): void {
    this.#utterances.length = 0
    this.#abort.abort()
  }

  async #next(): Promise<void> {
    const utterance = this.#utterances[0]
    if (this.#posting || utterance === undefined) return
    if (utterance.sound.ms === 0 && !utterance.finished) return
    this.#posting = true
    try {
      await this.#send(utterance)
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#options.onTrouble(error)
      return
    } finally {
      this.#posting = false
    }
    this.#next()
  }

  async #send(utterance: Utterance): Promise<void> {
    const { sound, segments, answer } = utterance
    const body = sound.take(MAX_JOINED_MS)
    const last = utterance.finished && sound.ms === 0
    const said = await this.#post(body, last, this.#abort.signal)
    for (const { segmentId, text, final } of said) segments.say(segmentId, text, final)
    if (!last) answer.partial(segments.text)
    else {
      this.#utterances.shift()
      answer.final(segments.text)
    }
  }

  async #post(body: Uint8Array, last: boolean, signal: AbortSignal, more: Readonly<Record<string, string>> = {}) {
    const query = {
      stream: this.#id,
      sequence: `${this.#sequence}`,
      language: this.#options.language,
      startMs: `${Math.round(this.#sentMs)}`,
      last: `${last}`,
      ...more,
    }
    this.#sequence += 1
    this.#sentMs += body.length / (2 * SAMPLES_PER_MS)
    const { status, text } = await this.#options.poster.post({ query, body, signal })
    if (status === 400) throw troubleOfBadRequest(text)
    return parseAnswer(text, answerSchema).segments
  }
}

function troubleOfBadRequest(body: string): EngineTrouble {
  if (!body.includes('"language_unsupported"')) return troubleOfStatus(400)
  return new EngineTrouble('language_unsupported', 'the service does not know this language')
}
