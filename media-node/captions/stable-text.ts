/**
 * Makes an utterance's changing text steady, by local agreement: a word is shown once two hypotheses in a row agree upon
 * all up to it, and what is shown stays until they agree upon something else in its place. Nothing is kept back for
 * good: the next hypothesis brings it, or the final text, which does not pass through here.
 */
export class StableText {
  #last: readonly string[] = []
  #shown: readonly string[] = []

  /** Takes the hypotheses since the last call, also those that say the same, and returns what is to be shown now. */
  next(...hypotheses: readonly string[]): string {
    let agreed: readonly string[] = []
    for (const text of hypotheses) {
      const words = text.split(' ').filter((word) => word !== '')
      agreed = words.slice(0, commonLength(words, this.#last))
      this.#last = words
    }
    if (commonLength(agreed, this.#shown) < agreed.length) this.#shown = agreed
    return this.#shown.join(' ')
  }
}

/** How many words two texts begin with in common. */
function commonLength(one: readonly string[], other: readonly string[]): number {
  const different = one.findIndex((word, place) => word !== other[place])
  return different === -1 ? one.length : different
}
