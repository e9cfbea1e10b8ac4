import { wordsOf as captionWords, isUnspaced } from '../../media-node/captions/written-words.ts'

/**
 * What became of a reference: which of its words a hypothesis has right, how many have nothing in their place, and how many
 * edits lie between the two.
 */
export type Alignment = { readonly right: readonly boolean[]; readonly missing: number; readonly edits: number }

/** Aligns two sequences of words by the fewest words replaced, missing or too many (Levenshtein). */
export function alignWords(reference: readonly string[], hypothesis: readonly string[]): Alignment {
  return alignment(reference, hypothesis, editCosts(reference, hypothesis))
}

/**
 * The same with the part of the reference, from its beginning, that the hypothesis fits best, and with the shortest of those:
 * what was heard while somebody still speaks. Against the whole, a first "the" would do as well for a later one.
 */
export function alignBeginning(reference: readonly string[], hypothesis: readonly string[]): Alignment {
  const costs = editCosts(reference, hypothesis)
  const whole = costs.map((row) => row[hypothesis.length] ?? Number.POSITIVE_INFINITY)
  const heard = whole.indexOf(Math.min(...whole))
  const { right, ...others } = alignment(reference.slice(0, heard), hypothesis, costs)
  return { ...others, right: [...right, ...reference.slice(heard).map(() => false)] }
}

function alignment(
  reference: readonly string[],
  hypothesis: readonly string[],
  costs: readonly (readonly number[])[],
): Alignment {
  const at = (r: number, c: number) => costs[r]?.[c] ?? Number.POSITIVE_INFINITY
  const right = reference.map(() => false)
  let r = reference.length
  let c = hypothesis.length
  const edits = at(r, c)
  let missing = 0
  while (r > 0 && c > 0) {
    const same = reference[r - 1] === hypothesis[c - 1]
    if (same && at(r, c) === at(r - 1, c - 1)) right[r - 1] = true
    const diagonal = right[r - 1] === true || at(r, c) === at(r - 1, c - 1) + 1
    const absent = !diagonal && at(r, c) === at(r - 1, c) + 1
    if (absent) missing += 1
    if (diagonal || absent) r -= 1
    if (diagonal || !absent) c -= 1
  }
  return { right, missing: missing + r, edits }
}

export function wordsOf(text: string): readonly string[] {
  return isUnspaced(text) ? captionWords(text) : text.split(/\s+/).filter((word) => word !== '')
}

/** Row `r`, column `c`: the edits between the first `r` words of the one and the first `c` of the other. */
function editCosts(reference: readonly string[], hypothesis: readonly string[]): readonly (readonly number[])[] {
  let above = Array.from({ length: hypothesis.length + 1 }, (_, c) => c)
  const rows = [above]
  for (const [index, word] of reference.entries()) {
    const row = [index + 1]
    for (const [c, other] of hypothesis.entries()) {
      const replaced = (above[c] ?? 0) + (word === other ? 0 : 1)
      row.push(Math.min(replaced, (above[c + 1] ?? 0) + 1, (row[c] ?? 0) + 1))
    }
    rows.push(row)
    above = row
  }
  return rows
}
