import type { Caption } from '../../shared/protocol/caption.ts'
import type { TranscriptLine } from '../../shared/transcript-store/transcript-store.ts'

type Settling = { readonly line: TranscriptLine; readonly translations: Map<string, string>; awaited: number }

/** Gives each final text to be kept: at once, and again with its translations when all of them have come or failed. */
export class SettlingFinals {
  readonly #keep: (line: TranscriptLine) => void
  /** Each for as long as a translation takes at most. */
  readonly #settling = new Map<string, Settling>()

  constructor(keep: (line: TranscriptLine) => void) {
    this.#keep = keep
  }

  /** Whether a translation is still awaited. */
  get settling(): boolean {
    return this.#settling.size > 0
  }

  /** `awaited` is how many languages it is translated into. A final without a text says nothing. */
  add(final: Caption, speaker: string, awaited: number): void {
    const { segmentId, participantId, language, text, startMs, endMs } = final
    if (text === '') return
    const line = { segmentId, participantId, speaker, language, text, startMs, endMs, translations: {} }
    if (awaited > 0) this.#settling.set(segmentId, { line, translations: new Map(), awaited })
    this.#keep(line)
  }

  settled(segmentId: string, language: string, translation: string | undefined): void {
    const settling = this.#settling.get(segmentId)
    if (settling === undefined) return
    if (translation !== undefined) settling.translations.set(language, translation)
    settling.awaited -= 1
    if (settling.awaited > 0) return
    this.#settling.delete(segmentId)
    const { line, translations } = settling
    if (translations.size > 0) this.#keep({ ...line, translations: Object.fromEntries(translations) })
  }
}
