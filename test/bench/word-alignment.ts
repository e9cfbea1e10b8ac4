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

/**
 * For each word of the reference, when it was first shown for good: in the first text from which on every text has it
 * right. Undefined for a word that the last text has wrong.
 */
export function shownAt(
  reference: readonly string[],
  texts: ReadonlyArray<{ readonly at: number; readonly text: string }>,
): ReadonlyArray<number | undefined> {
  const rights = texts.map(({ at, text }) => ({ at, right: rightWords(reference, text.split(/\s+/)) }))
  return reference.map((_, index) => {
    const lastWrong = rights.findLastIndex(({ right }) => right[index] !== true)
    return rights[lastWrong + 1]?.at
  })
}
