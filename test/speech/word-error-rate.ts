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

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? []
}
