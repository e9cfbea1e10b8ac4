/**
 * Where words end in text of any language, with or without spaces between them. Scripts decide, not language tags: speakers
 * mix languages, and ICU takes its dictionary of Chinese and Japanese, Thai, Lao, Khmer or Burmese by the script as well.
 */

/** Letters and marks of scripts that put no space between words, and the wide punctuation that goes with them. */
const UNSPACED =
  '\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Bopo}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}\\u3000-\\u303f'
/** These bring their own space along, whatever stands beside them. */
const WIDE_PUNCTUATION = '\\u3000-\\u303f\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65'

const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, 'u')
const NO_SPACE_AT = new RegExp(
  `(?<=[${UNSPACED}])\\s+(?=[${UNSPACED}])|(?<=[${WIDE_PUNCTUATION}])\\s+|\\s+(?=[${WIDE_PUNCTUATION}])`,
  'gu',
)

// One of each is enough: the language given makes no difference to where these break.
const words = new Intl.Segmenter('und', { granularity: 'word' })
const characters = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** Whether the text has letters of a script without spaces between words, such as Japanese or Thai. */
export function isUnspaced(text: string): boolean {
  return HAS_UNSPACED.test(text)
}

/**
 * The words of a caption's text, punctuation with them where spaces divide, and without it where they do not. Text that
 * has spaces is not looked up in dictionaries, which would take ten times as long.
 */
export function wordsOf(text: string): string[] {
  if (!isUnspaced(text)) return text.split(' ').filter((word) => word !== '')
  return spokenWordsOf(text)
}

/** The words that are heard of a text, in any script, without the punctuation. */
export function spokenWordsOf(text: string): string[] {
  return [...words.segment(text)].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment)
}

/**
 * The text of an engine that puts a space between any two of its tokens: without those that the script does not have. Spaces
 * between words of Korean stay, and those around a Latin word in Chinese.
 */
export function withoutTokenSpaces(text: string): string {
  return text.replaceAll(NO_SPACE_AT, '')
}

/** Texts that follow one another, with a space between two of them where both scripts have one. */
export function joinedTexts(texts: readonly string[]): string {
  return texts.reduce((before, text) => {
    const next = text.trim()
    if (before === '' || next === '') return before + next
    const border = `${before.slice(-2).trim()} ${next.slice(0, 2).trim()}`
    return `${before}${withoutTokenSpaces(border) === border ? ' ' : ''}${next}`
  }, '')
}

/**
 * The text, or as many of its first words as `max` UTF-16 code units hold. A word that is longer than that is cut between two
 * characters as people count them (UAX #29), so that no accent, emoji or surrogate pair falls apart.
 */
export function cutAfterWord(text: string, max: number): string {
  if (text.length <= max) return text
  // What lies beyond the word at the border says nothing about it, and may be long.
  const near = text.slice(0, 2 * max)
  const wordStart = words.segment(near).containing(max)?.index ?? 0
  const fitting = text.slice(0, wordStart).trimEnd()
  return fitting !== '' ? fitting : text.slice(0, characters.segment(near).containing(max)?.index ?? max)
}
