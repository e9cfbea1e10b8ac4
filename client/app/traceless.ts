/** Letters of scripts in which a joiner changes the shape of its neighbours, and the marks on them. */
const SHAPED_SCRIPTS = [
  'Arabic',
  'Syriac',
  'Nko',
  'Mongolian',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
  'Myanmar',
]
const SHAPED = `[${SHAPED_SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}\\u064b-\\u0655]`

/** Arabic letters that join no letter after them, as after decomposition (Joining_Type=R in Unicode's ArabicShaping.txt). */
const UNJOINING = '[\\u0627\\u0629\\u062f-\\u0632\\u0648\\u0671\\u0688\\u0691\\u0698\\u06d2\\u06d5]'

const TRACELESS = '\\p{Default_Ignorable_Code_Point}'

/** Where such a character is seen: between letters that it joins or parts, in an emoji of several, in the flag of a part of a country. */
const SEEN = [
  `(?<=${SHAPED})(?<!${UNJOINING}\\p{M}*)[\\u200c\\u200d](?=${TRACELESS}*${SHAPED})`,
  `(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}]\\ufe0f?)\\u200d(?=\\p{Extended_Pictographic})`,
  `(?<=\\u{1f3f4}[\\u{e0020}-\\u{e007e}]*)[\\u{e0020}-\\u{e007f}]`,
]

const ALL_TRACELESS = new RegExp(`(?!${SEEN.join('|')})${TRACELESS}`, 'gu')

/**
 * A text in Unicode NFD without the characters that leave no trace where they stand, so that texts that look alike are alike:
 * zero-width spaces, soft hyphens, marks of direction, variation selectors, fillers, and joiners that join nothing.
 */
export function withoutTraceless(text: string): string {
  return text.replace(ALL_TRACELESS, '')
}
