import { RecentMap } from '../../shared/recent-map.ts'
import { TranslatedPair, type TranslatedPairOptions } from './translated-pair.ts'
import type { TranslationRequest, Translator } from './translation/translator.ts'

/** The signal says that nobody waits for it any more. */
export type TextToTranslate = TranslationRequest & { readonly final: boolean }

export type TranslationsOptions = Omit<TranslatedPairOptions, 'translator' | 'from' | 'to'> & {
  /** Undefined where there is none: then no pair is known. */
  readonly translator: Translator | undefined
}

/** Texts that the media node may have at the translator at once; partials leave room for finals. */
const MAX_IN_FLIGHT = 64
const MAX_PARTIALS_IN_FLIGHT = 48
/** Pairs of languages of which it is remembered how they went. */
const MAX_PAIRS = 1_000

/** The way of a media node to its translator: so many texts at once, and no pair that does not work. */
export class Translations {
  readonly #options: TranslationsOptions
  readonly #pairs = new RecentMap<string, TranslatedPair>(MAX_PAIRS)
  #inFlight = 0

  constructor(options: TranslationsOptions) {
    this.#options = options
  }

  /** Whether it makes sense to wait for a translation. */
  ready(from: string, to: string): boolean {
    return this.#pair(from, to)?.resting === false
  }

  /**
   * Undefined when there is no translation: the pair is unknown, the translator failed, rests or has enough to do, or the
   * deadline passed. Never rejects. May be asked while it is not ready: that is how a translator that rests is tried again.
   */
  async translate(request: TextToTranslate): Promise<string | undefined> {
    const pair = this.#pair(request.from, request.to)
    if (pair === undefined) return undefined
    if (this.#inFlight >= (request.final ? MAX_IN_FLIGHT : MAX_PARTIALS_IN_FLIGHT)) {
      this.#options.metrics.count('translations_skipped', 1)
      return undefined
    }
    this.#inFlight += 1
    const translation = await pair.translate(request)
    this.#inFlight -= 1
    return translation
  }

  /** Undefined when it is known not to be translated. */
  #pair(from: string, to: string): TranslatedPair | undefined {
    const { translator } = this.#options
    if (translator === undefined || !translator.supports(from, to)) return undefined
    const key = `${from} ${to}`.toLowerCase()
    const pair = this.#pairs.get(key) ?? new TranslatedPair({ ...this.#options, translator, from, to })
    this.#pairs.set(key, pair)
    return pair.unsupported ? undefined : pair
  }
}
