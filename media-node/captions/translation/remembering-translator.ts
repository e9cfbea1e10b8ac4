import type { Translation, TranslationFailure, TranslationRequest, Translator } from './translator.ts'

const MOST_REMEMBERED = 2_000
const MOST_REMEMBERED_CHARACTERS = 500_000

type UnderWay = { readonly answer: Promise<Translation>; readonly end: AbortController; askers: number }

/**
 * Asks another translator once for what several ask at the same time, and remembers the latest translations. They are
 * kept in memory only. Closes the other one.
 */
export class RememberingTranslator implements Translator {
  readonly #translator: Translator
  readonly #underWay = new Map<string, UnderWay>()
  /** The one longest not asked for comes first. */
  readonly #remembered = new Map<string, string>()
  #characters = 0

  constructor(translator: Translator) {
    this.#translator = translator
  }

  supports(from: string, to: string): boolean {
    return this.#translator.supports(from, to)
  }

  translate(request: TranslationRequest): Promise<Translation> {
    if (request.signal.aborted) return Promise.resolve(GIVEN_UP)
    const key = `${request.from}\n${request.to}\n${request.text}`
    const text = this.#remembered.get(key)
    if (text !== undefined) {
      this.#remembered.delete(key)
      this.#remembered.set(key, text)
      return Promise.resolve({ text })
    }
    return this.#join(key, this.#underWay.get(key) ?? this.#ask(key, request), request.signal)
  }

  close(): Promise<void> {
    return this.#translator.close()
  }

  #ask(key: string, { text, from, to }: TranslationRequest): UnderWay {
    const end = new AbortController()
    const answer = this.#translator.translate({ text, from, to, signal: end.signal })
    const underWay = { answer, end, askers: 0 }
    this.#underWay.set(key, underWay)
    answer.then((answer) => {
      this.#forget(key, underWay)
      if ('text' in answer) this.#remember(key, answer.text)
    })
    return underWay
  }

  /** Whoever gives up leaves the others their answer; the last one to do so ends it. */
  #join(key: string, underWay: UnderWay, signal: AbortSignal): Promise<Translation> {
    underWay.askers += 1
    return new Promise((resolve) => {
      const giveUp = () => {
        resolve(GIVEN_UP)
        underWay.askers -= 1
        if (underWay.askers > 0) return
        this.#forget(key, underWay)
        underWay.end.abort()
      }
      signal.addEventListener('abort', giveUp, { once: true })
      underWay.answer.then((answer) => {
        signal.removeEventListener('abort', giveUp)
        resolve(answer)
      })
    })
  }

  #forget(key: string, underWay: UnderWay): void {
    if (this.#underWay.get(key) === underWay) this.#underWay.delete(key)
  }

  #remember(key: string, text: string): void {
    if (this.#remembered.has(key)) return
    this.#remembered.set(key, text)
    this.#characters += key.length + text.length
    for (const [oldest, { length }] of this.#remembered) {
      if (this.#remembered.size <= MOST_REMEMBERED && this.#characters <= MOST_REMEMBERED_CHARACTERS) return
      this.#remembered.delete(oldest)
      this.#characters -= oldest.length + length
    }
  }
}

const GIVEN_UP: TranslationFailure = { kind: 'unreachable', detail: 'given up before there was an answer' }
