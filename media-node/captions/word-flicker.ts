import { wordsOf } from './written-words.ts'

/**
 * What a reader sees change when one revision of a segment takes the place of the one before. A word is `shown` when it
 * stands where no word, or another one, stood before; it is `rewritten` when another one, or none, stands in its place
 * afterwards. Over a segment, `shown` less `rewritten` is how many words its last text has.
 */
export function wordFlicker(before: string, after: string): { shown: number; rewritten: number } {
  const [earlier, later] = [wordsOf(before), wordsOf(after)]
  return { shown: notIn(earlier, later), rewritten: notIn(later, earlier) }
}

function notIn(others: readonly string[], words: readonly string[]): number {
  return words.filter((word, place) => word !== others[place]).length
}
