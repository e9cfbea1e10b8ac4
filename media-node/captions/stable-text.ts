/** How many hypotheses in a row must end with the same newest word before it is shown. */
const NEWEST_WORD_WAITS_FOR = 3

/**
 * Makes an utterance's changing text steady. Of a hypothesis the newest word waits until so many in a row begin with all up
 * to it, since most of what an engine takes back is the word that it is just hearing; and what is shown stays until something
 * else is to stand in its place. Nothing is kept back for good: the next hypothesis brings it, or the final text, which does
 * not pass through here.
 */
export class StableText {
  #earlier: readonly (readonly string[])[] = []
  #shown: readonly string[] = []

  /** Takes the hypotheses since the last call, also those that say the same, and returns what is to be shown now. */
  next(...hypotheses: readonly string[]): string {
    let settled: readonly string[] = []
    for (const text of hypotheses) {
      const words = text.split(' ').filter((word) => word !== '')
      settled = this.#withoutUnsettled(words)
      this.#earlier = [...this.#earlier, words].slice(1 - NEWEST_WORD_WAITS_FOR)
    }
    if (commonLength(settled, this.#shown) < settled.length) this.#shown = settled
    return this.#shown.join(' ')
  }

  #withoutUnsettled(words: readonly string[]): readonly string[] {
    const stood = this.#earlier.filter((earlier) => commonLength(words, earlier) === words.length)
    return stood.length < NEWEST_WORD_WAITS_FOR - 1 ? words.slice(0, -1) : words
  }
}

/** How many words two texts begin with in common. */
function commonLength(one: readonly string[], other: readonly string[]): number {
  const different = one.findIndex((word, place) => word !== other[place])
  return different === -1 ? one.length : different
}
