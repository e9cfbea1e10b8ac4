import type { Clock } from '../../shared/clock.ts'
import type { Caption } from '../../shared/protocol/caption.ts'
import { primarySubtag } from '../../shared/protocol/language-tag.ts'
import type { LanguageGroup } from './language-group.ts'

type Final = { readonly caption: Caption; readonly translations: Map<string, string> }

const MAX_FINALS = 100
const MAX_AGE_MS = 30 * 60_000
/** Languages in which a final text is remembered. */
const MAX_TRANSLATIONS = 16
/** As JSON; a message may have 64 KiB. */
const MAX_REPLY_BYTES = 48 * 1024

/** What was said in a room lately, for those who come to read later. */
export class CaptionBacklog {
  readonly #clock: Clock
  /** By segment, in the order in which they became final. */
  readonly #finals = new Map<string, Final>()
  /** The newest revision of each segment that has no final one; as many as people who speak. */
  readonly #underWay = new Map<string, Caption>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get underWay(): readonly Caption[] {
    return [...this.#underWay.values()]
  }

  add(caption: Caption): void {
    if (!caption.final) {
      this.#underWay.set(caption.segmentId, caption)
      return
    }
    this.#underWay.delete(caption.segmentId)
    if (caption.text !== '') this.#finals.set(caption.segmentId, { caption, translations: new Map() })
    this.#forgetOld()
  }

  /** The final text of a segment in another language. */
  addTranslation(segmentId: string, language: string, text: string): void {
    const translations = this.#finals.get(segmentId)?.translations
    if (translations !== undefined && translations.size < MAX_TRANSLATIONS) {
      translations.set(primarySubtag(language), text)
    }
  }

  /** What the readers of a group have at this moment, oldest first, as much of the latest as fits in a message. */
  shownTo(group: LanguageGroup): Caption[] {
    this.#forgetOld()
    const finals = [...this.#finals.values()].map((final) => {
      const awaited = group.awaited(final.caption.segmentId)
      return awaited === undefined ? inLanguage(final, group.language) : awaited.shown
    })
    const underWay = this.underWay.map((caption) => group.shown(caption))
    return latestThatFit([...finals, ...underWay].filter((caption) => caption !== undefined))
  }

  #forgetOld(): void {
    const oldest = this.#clock.now() - MAX_AGE_MS
    for (const [segmentId, { caption }] of this.#finals) {
      if (this.#finals.size > MAX_FINALS || caption.endMs < oldest) this.#finals.delete(segmentId)
    }
  }
}

function inLanguage({ caption, translations }: Final, language: string): Caption {
  const translation = translations.get(primarySubtag(language))
  return translation === undefined ? caption : { ...caption, translations: { [language]: translation } }
}

function latestThatFit(captions: readonly Caption[]): Caption[] {
  const latestFirst = captions.toSorted((a, b) => b.startMs - a.startMs || (a.segmentId < b.segmentId ? 1 : -1))
  let bytes = 0
  const tooMuch = latestFirst.findIndex((caption) => {
    bytes += Buffer.byteLength(JSON.stringify(caption)) + 1
    return bytes > MAX_REPLY_BYTES
  })
  return (tooMuch === -1 ? latestFirst : latestFirst.slice(0, tooMuch)).reverse()
}
