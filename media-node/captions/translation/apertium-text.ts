/**
 * Apertium's own signs (https://wiki.apertium.org/wiki/Apertium_stream_format) travel as signs for private use, which it
 * takes for punctuation. Escaped as its format has it, some would still be lost: `~` is swallowed, and a text that ends
 * in `^` is never answered.
 */
const OWN_SIGNS = /[[\]{}^$/\\@<>~]/g
const DISGUISED_SIGNS = /[\ue000-\ue07f]/g
const DISGUISE = 0xe000

/** NUL would end the text, U+FFFF looks like the end of all input to ICU, and people read none of these. */
const UNSEEN = /[\p{Cc}\p{Co}\p{Noncharacter_Code_Point}]+/gu

const LETTER = /\p{L}/u
const UPPER_CASE = /\p{Lu}|\p{Lt}/u

/** The text in Apertium's stream format, on one line. */
export function toStream(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(UNSEEN, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(OWN_SIGNS, (sign) => shifted(sign, DISGUISE))
}

/** The text of an answer. Apertium leaves blanks where it left words out; they go. */
export function fromStream(stream: string): string {
  return stream
    .replaceAll(DISGUISED_SIGNS, (sign) => shifted(sign, -DISGUISE))
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function shifted(sign: string, by: number): string {
  return String.fromCharCode(sign.charCodeAt(0) + by)
}

/** Whether it is as most recognisers write: without any capital. */
export function isWithoutCapitals(text: string): boolean {
  return !UPPER_CASE.test(text)
}

/** Apertium begins every sentence with a capital; the translation begins as the text does. */
export function beginLike(text: string, translation: string): string {
  const first = LETTER.exec(text)?.[0]
  if (first === undefined || first === first.toUpperCase()) return translation
  return translation.replace(LETTER, (letter) => letter.toLowerCase())
}
