import type { Clock } from '../../shared/clock.ts'
import type { Caption, CaptionsStatus } from '../../shared/protocol/caption.ts'
import { isSameLanguage } from '../../shared/protocol/language-tag.ts'
import type { Notifications } from '../../shared/protocol/messages.ts'
import type { RoomTranslations } from './room-translations.ts'
import { SegmentTranslation } from './segment-translation.ts'

/** A participant who reads captions; `language` is the BCP 47 tag of what they read. */
export type CaptionReader = {
  readonly participantId: string
  readonly language: string
  notify<E extends 'caption' | 'captions-status'>(event: E, data: Notifications[E]): void
}

export type LanguageGroupOptions = {
  /** BCP 47; also the tag that translations carry. */
  readonly language: string
  readonly translations: RoomTranslations
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** A final text has its translation, or will not get one. Once for each that came while `translates` said so. */
  readonly settled: (final: Caption, translation: string | undefined) => void
}

/** The readers of one language in a room. They all see the same. */
export class LanguageGroup {
  readonly #options: LanguageGroupOptions
  readonly #readers = new Map<string, CaptionReader>()
  /** Of other languages: the segments whose final text has not settled. */
  readonly #segments = new Map<string, SegmentTranslation>()
  /** What was being said when the last reader left: its final text is still translated, to be kept. */
  readonly #begun = new Set<string>()

  constructor(options: LanguageGroupOptions) {
    this.#options = options
  }

  get language(): string {
    return this.#options.language
  }

  get size(): number {
    return this.#readers.size
  }

  /** Whether nobody reads and nothing is under way. */
  get idle(): boolean {
    return this.#readers.size === 0 && this.#segments.size === 0 && this.#begun.size === 0
  }

  /** `underWay` are the room's segments without a final text; the first reader is shown them as soon as can be. */
  add(reader: CaptionReader, underWay: readonly Caption[]): void {
    const first = this.#readers.size === 0
    if (first) for (const caption of underWay) if (this.#translates(caption)) this.#segment(caption).revision(caption)
    this.#readers.set(reader.participantId, reader)
  }

  /** They are told nothing any more, and count as before. Whether they read here. */
  silence(participantId: string): boolean {
    const reader = this.#readers.get(participantId)
    if (reader !== undefined) this.#readers.set(participantId, { ...reader, notify: () => undefined })
    return reader !== undefined
  }

  remove(participantId: string): void {
    if (this.#readers.delete(participantId) && this.#readers.size === 0) this.#stop()
  }

  #stop(): void {
    for (const [segmentId, segment] of this.#segments) {
      if (segment.settling) continue
      segment.close()
      this.#segments.delete(segmentId)
      this.#begun.add(segmentId)
    }
  }

  has(participantId: string): boolean {
    return this.#readers.has(participantId)
  }

  /** Whether a final text has to be translated: somebody reads, or did when it began to be said. */
  translates(final: Caption): boolean {
    return (this.#readers.size > 0 || this.#begun.has(final.segmentId)) && this.#translates(final)
  }

  caption(caption: Caption): void {
    const ends = caption.final && this.#begun.delete(caption.segmentId)
    if (this.#readers.size === 0 && !ends) return
    if (this.#translates(caption)) this.#segment(caption).revision(caption)
    else this.#tell(caption)
  }

  status(status: CaptionsStatus): void {
    for (const reader of this.#readers.values()) reader.notify('captions-status', status)
  }

  /** What the readers have of a segment that is under way in the room, if they have anything. */
  shown(caption: Caption): Caption | undefined {
    return this.#translates(caption) ? this.#segments.get(caption.segmentId)?.told : caption
  }

  /** Whether a final text is still being translated, and what the readers have of its segment meanwhile. */
  awaited(segmentId: string): { readonly shown: Caption | undefined } | undefined {
    const segment = this.#segments.get(segmentId)
    return segment === undefined || segment.told?.final === true ? undefined : { shown: segment.told }
  }

  /** Nobody reads any more; what was begun to be said is still translated once it is final. */
  close(): void {
    this.#readers.clear()
    this.#stop()
  }

  #translates({ language }: Pick<Caption, 'language'>): boolean {
    return !isSameLanguage(language, this.#options.language)
  }

  #segment({ segmentId }: Caption): SegmentTranslation {
    const present = this.#segments.get(segmentId)
    if (present !== undefined) return present
    const { language, translations, clock, now, settled } = this.#options
    const segment = new SegmentTranslation({
      to: language,
      translations,
      clock,
      now,
      tell: (caption) => this.#tell(caption),
      settled: (final, translation) => {
        this.#segments.delete(segmentId)
        settled(final, translation)
      },
    })
    this.#segments.set(segmentId, segment)
    return segment
  }

  #tell(caption: Caption): void {
    for (const reader of this.#readers.values()) reader.notify('caption', caption)
  }
}
