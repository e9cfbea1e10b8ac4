import { z } from 'zod'
import type { Clock } from '../../../shared/clock.ts'
import { HttpJson, type JsonAnswer } from './http-json.ts'
import { LibreTranslateLanguages } from './libretranslate-languages.ts'
import { nothingToTranslate } from './nothing-to-translate.ts'
import type { Translation, TranslationFailure, TranslationRequest, Translator } from './translator.ts'
import { within } from './within.ts'

export type LibreTranslateSettings = {
  readonly url: string
  readonly apiKey: string | undefined
}

const MOST_CHARACTERS = 10_000
const MOST_ANSWER_BYTES = 262_144
const REQUEST_DEADLINE_MS = 5_000
const CONNECTIONS = 8
const MOST_REQUESTS = 64

const answerOf = z.object({ translatedText: z.string() })

/** Translates with a LibreTranslate server (https://docs.libretranslate.com). */
export class LibreTranslate implements Translator {
  readonly #settings: LibreTranslateSettings
  readonly #clock: Clock
  readonly #http: HttpJson
  readonly #languages: LibreTranslateLanguages
  #requests = 0

  constructor(settings: LibreTranslateSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
    this.#http = new HttpJson(settings.url, CONNECTIONS)
    this.#languages = new LibreTranslateLanguages(this.#http, clock)
  }

  /** True of every pair until the server has said which ones it knows. */
  supports(from: string, to: string): boolean {
    return this.#languages.find(from, to) !== undefined
  }

  async translate({ text, from, to, signal }: TranslationRequest): Promise<Translation> {
    const pair = this.#languages.find(from, to)
    if (pair === undefined) return UNSUPPORTED
    if (text.length > MOST_CHARACTERS) return { kind: 'overloaded', detail: 'the text is too long' }
    if (nothingToTranslate(text)) return { text }
    if (this.#requests >= MOST_REQUESTS) return { kind: 'overloaded', detail: 'too many texts wait for LibreTranslate' }
    const body = { q: text.toWellFormed(), ...pair, format: 'text', api_key: this.#settings.apiKey }
    this.#requests += 1
    try {
      return await within({ signal, clock: this.#clock, deadlineMs: REQUEST_DEADLINE_MS }, async (signal) =>
        translationOf(await this.#http.ask({ path: 'translate', body, mostAnswerBytes: MOST_ANSWER_BYTES, signal })),
      )
    } catch {
      return { kind: 'unreachable', detail: 'LibreTranslate cannot be reached or broke off' }
    } finally {
      this.#requests -= 1
    }
  }

  async close(): Promise<void> {
    this.#languages.close()
    this.#http.close()
  }
}

const UNSUPPORTED: TranslationFailure = { kind: 'pair_unsupported', detail: 'LibreTranslate does not know this pair' }

function translationOf({ status, body }: JsonAnswer): Translation {
  if (status === 200) {
    const answer = answerOf.safeParse(body)
    if (answer.success) return { text: answer.data.translatedText }
    return { kind: 'unreachable', detail: 'LibreTranslate answered something else than a translation' }
  }
  const detail = `LibreTranslate answered with status ${status}`
  if (status === 400) return UNSUPPORTED
  if (status === 401 || status === 403) return { kind: 'refused', detail }
  if (status === 429 || status === 503) return { kind: 'overloaded', detail }
  return { kind: 'unreachable', detail }
}
