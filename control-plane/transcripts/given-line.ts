import type { Transcript } from '../../shared/api.ts'
import { isSameLanguage } from '../../shared/protocol/language-tag.ts'
import type { TranscriptLine } from '../../shared/transcript-store/transcript-store.ts'

/** A line in one language, as it is given away. */
export type GivenLine = Transcript['lines'][number]

/**
 * The line in `language`, if it was said in that or a translation is stored, and else in the language it was said in.
 * The very tag goes before another of the same language.
 */
export function givenLine(line: TranscriptLine, language: string | undefined): GivenLine {
  const { translations, ...said } = line
  if (language === undefined || isSameLanguage(language, line.language)) return { ...said, translated: false }
  const tags = Object.keys(translations)
  const tag = tags.find((stored) => stored === language) ?? tags.find((stored) => isSameLanguage(stored, language))
  const text = tag === undefined ? undefined : translations[tag]
  if (tag === undefined || text === undefined) return { ...said, translated: false }
  return { ...said, language: tag, text, translated: true }
}

/** Whether the line is not in the language that was asked for. */
export function isForeign(line: GivenLine, language: string | undefined): boolean {
  return language !== undefined && !isSameLanguage(line.language, language)
}
