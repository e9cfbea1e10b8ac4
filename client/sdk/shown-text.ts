import type { Caption } from '../../shared/protocol/caption.ts'
import { isSameLanguage } from '../../shared/protocol/language-tag.ts'

/** What a reader gets to see of a caption, with the BCP 47 tag of `text`. */
export type ShownText = {
  readonly text: string
  readonly language: string
  /** `untranslated`: it was said in another language than the reader's, and is shown as it was said. */
  readonly status: 'original' | 'translated' | 'untranslated'
}

/** A caption as somebody sees it who reads `language`: what was said, its translation, or what was said for want of one. */
export function shownText(caption: Pick<Caption, 'text' | 'language' | 'translations'>, language: string): ShownText {
  const said = { text: caption.text, language: caption.language }
  if (said.text === '' || isSameLanguage(said.language, language)) return { ...said, status: 'original' }
  const translations = Object.entries(caption.translations ?? {}).filter(([, text]) => text !== '')
  const translation =
    translations.find(([tag]) => tag === language) ?? translations.find(([tag]) => isSameLanguage(tag, language))
  if (!translation) return { ...said, status: 'untranslated' }
  return { text: translation[1], language: translation[0], status: 'translated' }
}
