/**
 * Which words of the reference a hypothesis has right, by the alignment of least edits (Levenshtein); of several such
 * alignments one that keeps the most words.
 */
export function rightWords(reference: readonly string[], hypothesis: readonly string[]): readonly boolean[] {
  const rows = reference.length + 1
  const columns = hypothesis.length + 1
  const cost = Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => (r === 0 ? c : r)))
  const at = (r: number, c: number) => cost[r]?.[c] ?? Number.POSITIVE_INFINITY
  for (let r = 1; r < rows; r += 1) {
    for (let c = 1; c < columns; c += 1) {
      const same = reference[r - 1] === hypothesis[c - 1]
      const row = cost[r]
      if (row) row[c] = Math.min(at(r - 1, c) + 1, at(r, c - 1) + 1, at(r - 1, c - 1) + (same ? 0 : 1))
    }
  }
  const right = reference.map(() => false)
  let r = rows - 1
  let c = columns - 1
  while (r > 0 && c > 0) {
    const same = reference[r - 1] === hypothesis[c - 1]
    if (same && at(r, c) === at(r - 1, c - 1)) {
      right[r - 1] = true
      r -= 1
      c -= 1
    } else if (at(r, c) === at(r - 1, c - 1) + 1) {
      r -= 1
      c -= 1
    } else if (at(r, c) === at(r - 1, c) + 1) r -= 1
    else c -= 1
  }
  return right
}

/** When a word was first shown, and from when on it was never shown otherwise; milliseconds since the Unix epoch. */
export type Showing = { readonly first: number; readonly forGood: number }

/** For each word of the reference that the last text has right, when it was shown. */
export function showings(
  reference: readonly string[],
  texts: ReadonlyArray<{ readonly at: number; readonly text: string }>,
): ReadonlyArray<Showing | undefined> {
  const rights = texts.map(({ at, text }) => ({ at, right: rightWords(reference, text.split(/\s+/)) }))
  return reference.map((_, index) => {
    const lastWrong = rights.findLastIndex(({ right }) => right[index] !== true)
    const forGood = rights[lastWrong + 1]?.at
    const first = rights.find(({ right }) => right[index])?.at
    return first === undefined || forGood === undefined ? undefined : { first, forGood }
  })
}
