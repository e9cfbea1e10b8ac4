import type { Clock } from '../../shared/clock.ts'
import type { Caption } from '../../shared/protocol/caption.ts'
import type { RoomTranslations } from './room-translations.ts'

export type SegmentTranslationOptions = {
  /** BCP 47. */
  readonly to: string
  readonly translations: RoomTranslations
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Tells the readers of the language. */
  readonly tell: (caption: Caption) => void
  /** Once, after the final was told: with its translation, if there is one. */
  readonly settled: (final: Caption, translation: string | undefined) => void
}

/** From one partial text of a segment that goes to the translator to the next. */
export const PARTIAL_INTERVAL_MS = 300

/**
 * One segment on its way to the readers of another language. Partial texts go to the translator one at a time, the newest
 * first; the final one always does. Without a translator for the pair every revision is told at once.
 */
export class SegmentTranslation {
  readonly #options: SegmentTranslationOptions
  /** What the readers were told last. */
  #told: Caption | undefined
  /** The newest partial that has not gone to the translator. */
  #next: Caption | undefined
  #translated: { readonly text: string; readonly translation: string } | undefined
  #underWay: AbortController | undefined
  #mayAskAt = 0
  #cancelPause: () => void = () => undefined
  /** No revision is taken any more: the final text has come, or nobody waits. */
  #over = false
  #settling = false

  constructor(options: SegmentTranslationOptions) {
    this.#options = options
  }

  get told(): Caption | undefined {
    return this.#told
  }

  /** Whether its final text has come and its translation not. */
  get settling(): boolean {
    return this.#settling
  }

  revision(caption: Caption): void {
    if (this.#over) return
    if (caption.final) void this.#end(caption)
    else this.#partial(caption)
  }

  /** Nobody waits for anything any more. */
  close(): void {
    this.#over = true
    this.#forgetPartials()
  }

  #partial(caption: Caption): void {
    this.#next = caption
    this.#proceed()
  }

  #proceed(): void {
    const caption = this.#next
    if (caption === undefined) return
    if (this.#ready(caption)) this.#askWhenDue(caption)
    else this.#tellUntranslated(caption)
  }

  /** The text then serves to find out whether a translator that rests is back. */
  #tellUntranslated(caption: Caption): void {
    this.#next = undefined
    this.#tell(caption, undefined)
    if (this.#underWay === undefined) void this.#ask(caption)
  }

  #askWhenDue(caption: Caption): void {
    if (this.#underWay !== undefined) return
    this.#cancelPause()
    const { clock, now } = this.#options
    const pauseMs = this.#mayAskAt - now()
    if (pauseMs > 0) this.#cancelPause = clock.after(pauseMs, () => this.#proceed())
    else void this.#ask(caption)
  }

  async #ask(caption: Caption): Promise<void> {
    this.#next = undefined
    this.#mayAskAt = this.#options.now() + PARTIAL_INTERVAL_MS
    const translation = await this.#translate(caption)
    if (this.#over) return
    if (translation !== undefined || !this.#ready(caption)) this.#tell(caption, translation)
    this.#proceed()
  }

  async #end(caption: Caption): Promise<void> {
    this.close()
    this.#settling = true
    const known = this.#translated?.text === caption.text ? this.#translated.translation : undefined
    const waits = known === undefined && caption.text !== '' && this.#ready(caption)
    if (!waits) this.#tell(caption, known)
    const translation = known ?? (caption.text === '' ? undefined : await this.#translate(caption))
    if (waits) this.#tell(caption, translation)
    this.#settling = false
    this.#options.settled(caption, translation)
  }

  async #translate({ text, language: from, final }: Caption): Promise<string | undefined> {
    const { translations, to } = this.#options
    const underWay = new AbortController()
    this.#underWay = underWay
    const translation = await translations.translate({ text, from, to, final, signal: underWay.signal })
    if (this.#underWay === underWay) this.#underWay = undefined
    if (translation !== undefined) this.#translated = { text, translation }
    return translation
  }

  /** Never an older revision than the readers know. */
  #tell(caption: Caption, translation: string | undefined): void {
    if (this.#told !== undefined && this.#told.revision >= caption.revision) return
    const translated = translation !== undefined && { translations: { [this.#options.to]: translation } }
    this.#told = { ...caption, ...translated }
    this.#options.tell(this.#told)
  }

  #forgetPartials(): void {
    this.#next = undefined
    this.#cancelPause()
    this.#underWay?.abort()
    this.#underWay = undefined
  }

  #ready({ language }: Caption): boolean {
    return this.#options.translations.ready(language, this.#options.to)
  }
}
