import { wordsOf } from './written-words.ts'

/** How many hypotheses in a row must end with the same newest word before it is shown. */
const NEWEST_WORD_WAITS_FOR = 5

/**
 * Makes an utterance's changing text steady. Of a hypothesis the newest word waits until so many in a row begin with all up
 * to it, since most of what an engine takes back is the word that it is just hearing; and what is shown stays until something
 * else is to stand in its place. Where the engine has weighed an utterance's words anew, they take the place of the
 * hypothesis' own, now and in the hypotheses that begin like it. Nothing is kept back for good: the next hypothesis brings
 * it, or the final text, which does not pass through here.
 */
export class StableText {
  #earlier: readonly Words[] = []
  #shown: Words = []
  #correction: Correction = { of: [], to: [] }

  /**
   * Takes the hypotheses since the last call, also those that say the same, and the best path at the last of them if it was
   * searched; returns what is to be shown now.
   */
  next(hypotheses: readonly string[], bestPath?: string): string {
    let settled: Words = this.#shown
    for (const [index, text] of hypotheses.entries()) {
      const words = wordsOf(text)
      const corrected = index < hypotheses.length - 1 ? words : this.#corrected(words, bestPath)
      const stands = this.#stands(words) && corrected.at(-1) === words.at(-1)
      settled = stands ? corrected : corrected.slice(0, -1)
      this.#earlier = [...this.#earlier, words].slice(1 - NEWEST_WORD_WAITS_FOR)
    }
    if (commonLength(settled, this.#shown) < settled.length) this.#shown = settled
    return this.#shown.join(' ')
  }

  #stands(words: Words): boolean {
    const stood = this.#earlier.filter((earlier) => commonLength(words, earlier) === words.length)
    return stood.length === NEWEST_WORD_WAITS_FOR - 1
  }

  #corrected(words: Words, bestPath: string | undefined): Words {
    if (bestPath !== undefined) {
      const best = wordsOf(bestPath)
      const same = commonLength(words.toReversed(), best.toReversed())
      if (same === 0) return best
      this.#correction = { of: words.slice(0, -same), to: best.slice(0, -same) }
    }
    const { of, to } = this.#correction
    return commonLength(of, words) === of.length ? [...to, ...words.slice(of.length)] : words
  }
}

type Words = readonly string[]
/** What was heard at first, and what stands in its place. */
type Correction = { readonly of: Words; readonly to: Words }

/** How many words two texts begin with in common. */
function commonLength(one: Words, other: Words): number {
  const different = one.findIndex((word, place) => word !== other[place])
  return different === -1 ? one.length : different
}
