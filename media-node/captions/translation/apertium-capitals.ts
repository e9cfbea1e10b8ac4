import { RecentMap } from '../../../shared/recent-map.ts'
import type { ApertiumLine } from './apertium-line.ts'

const MOST_REMEMBERED = 10_000
/** A word as the analyser answers it, `^surface/analysis$`; an unknown one has `*` for an analysis. */
const WORD = /\^((?:\\.|[^\\/$^])*)\/((?:\\.|[^\\$])*)\$/gsu

/**
 * Gives words the capital without which Apertium does not know them: to its dictionaries "i" and "tuesday" are no words,
 * "I" and "Tuesday" are. Recognisers write without capitals.
 */
export class ApertiumCapitals {
  readonly #analyser: ApertiumLine
  readonly #isKnownWithCapital = new RecentMap<string, boolean>(MOST_REMEMBERED)

  /** @param analyser its own to close */
  constructor(analyser: ApertiumLine) {
    this.#analyser = analyser
  }

  /** The text itself when the analyser has no answer. @param text in Apertium's stream format */
  async restore(text: string, signal: AbortSignal): Promise<string> {
    const analysis = await this.#analyser.ask(text, signal)
    if ('kind' in analysis) return text
    const words = [...analysis.text.matchAll(WORD)]
    await this.#learn(words.filter(isUnknown).map(surfaceOf), signal)
    return this.#withCapitals(text, words.map(surfaceOf))
  }

  /** The analyser parts "i'm" with a blank, so the text itself is kept and its words are looked for in their order. */
  #withCapitals(text: string, words: readonly string[]): string {
    let restored = ''
    let done = 0
    for (const word of words) {
      const place = text.indexOf(word, done)
      if (place === -1) continue
      const isKnown = this.#isKnownWithCapital.get(word) === true
      restored += text.slice(done, place) + (isKnown ? withCapital(word) : word)
      done = place + word.length
    }
    return restored + text.slice(done)
  }

  close(): Promise<void> {
    return this.#analyser.close()
  }

  async #learn(unknown: readonly string[], signal: AbortSignal): Promise<void> {
    const news = [...new Set(unknown)].filter((word) => this.#isKnownWithCapital.get(word) === undefined)
    if (news.length === 0) return
    const analysis = await this.#analyser.ask(news.map(withCapital).join('[]\n'), signal)
    if ('kind' in analysis) return
    const words = [...analysis.text.matchAll(WORD)]
    const known = new Set(words.filter((word) => !isUnknown(word)).map(surfaceOf))
    for (const word of news) this.#isKnownWithCapital.set(word, known.has(withCapital(word)))
  }
}

function isUnknown([, , analysis = '']: RegExpMatchArray): boolean {
  return analysis.startsWith('*')
}

function surfaceOf([, surface = '']: RegExpMatchArray): string {
  return surface
}

function withCapital(word: string): string {
  const [first = '', ...rest] = word
  return first.toUpperCase() + rest.join('')
}
