import type { CaptionMetrics } from './caption-metrics.ts'
import type { TextToTranslate, Translations } from './translations.ts'

/** Texts that one room may have at the translator at once; partials leave room for finals. */
const MAX_IN_FLIGHT = 24
const MAX_PARTIALS_IN_FLIGHT = 16

/** A room's share of the translator. */
export class RoomTranslations {
  readonly #translations: Translations
  readonly #count: CaptionMetrics['count']
  #inFlight = 0

  constructor(translations: Translations, count: CaptionMetrics['count']) {
    this.#translations = translations
    this.#count = count
  }

  ready(from: string, to: string): boolean {
    return this.#translations.ready(from, to)
  }

  /** As of `Translations`; undefined also when the room has too much at the translator. */
  async translate(request: TextToTranslate): Promise<string | undefined> {
    if (this.#inFlight >= (request.final ? MAX_IN_FLIGHT : MAX_PARTIALS_IN_FLIGHT)) {
      this.#count('translations_skipped', 1)
      return undefined
    }
    this.#inFlight += 1
    const translation = await this.#translations.translate(request)
    this.#inFlight -= 1
    return translation
  }
}
