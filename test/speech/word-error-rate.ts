import { isUnspaced } from '../../media-node/captions/written-words.ts'
import { alignWords } from './word-alignment.ts'

/** Words wrong, missing or too many, per word of the reference. Case and punctuation do not count. */
export function wordErrorRate(reference: string, hypothesis: string): number {
  const expected = wordsOf(reference)
  return alignWords(expected, wordsOf(hypothesis)).edits / Math.max(1, expected.length)
}

/** Words of the reference with nothing in their place, not even a wrong one: what was said there was not heard. */
export function missingWords(reference: string, hypothesis: string): number {
  return alignWords(wordsOf(reference), wordsOf(hypothesis)).missing
}

/** Where no spaces are written between words each character counts: the character error rate, as is usual for such languages. */
function wordsOf(text: string): string[] {
  const counted = isUnspaced(text) ? /[\p{L}\p{N}]\p{M}*/gu : /[\p{L}\p{N}']+/gu
  return text.toLowerCase().match(counted) ?? []
}
