/** What is shown of a hypothesis, given those before it, of the same utterance, and what is shown. */
export type TextPolicy = (words: Words, before: readonly Words[], shown: Words) => Words

type Words = readonly string[]

/** What can be shown of an engine's changing text, by name; the times are hypotheses in a row. */
export const TEXT_POLICIES: ReadonlyArray<readonly [string, TextPolicy]> = [
  ['as is', (words) => words],
  ['agreement of 2', steady(agreement(2))],
  ['agreement of 3', steady(agreement(3))],
  ['newest word held for 2', steady(holdNewest(2))],
  ['newest word held for 3', steady(holdNewest(3))],
  ['newest word held for 4', steady(holdNewest(4))],
  ['newest word held for 5', steady(holdNewest(5))],
  ['frozen after 5', frozen(5, (words) => words)],
  ['rewritten after 3', rewriteAfter(3)],
]

/** A word is shown once so many hypotheses agree upon all up to it. */
function agreement(times: number): TextPolicy {
  return (words, before) => words.filter((_, place) => stood(words, before, place) >= times)
}

/** What is shown stays until something else is to stand in its place. */
function steady(policy: TextPolicy): TextPolicy {
  return (words, before, shown) => {
    const next = policy(words, before, shown)
    return commonLength(next, shown) === next.length ? shown : next
  }
}

/** Only the newest word waits. */
function holdNewest(times: number): TextPolicy {
  return (words, before) => (stood(words, before, words.length - 1) >= times ? words : words.slice(0, -1))
}

/** Words that stood so often stay until the final text, whatever the engine now says of them. */
function frozen(times: number, inner: TextPolicy): TextPolicy {
  return (words, before, shown) => {
    const last = before.at(-1) ?? []
    const earlier = before.slice(0, -1)
    const loose = shown.findIndex((word, place) => word !== last[place] || stood(last, earlier, place) < times)
    const kept = loose === -1 ? shown.length : loose
    return [...shown.slice(0, kept), ...inner(words, before, shown).slice(kept)]
  }
}

/** A text that takes back what is shown waits until it stood so often; one that only goes on is shown at once. */
function rewriteAfter(times: number): TextPolicy {
  return (words, before, shown) => {
    const same = commonLength(shown, words)
    if (same === shown.length) return words
    if (words.length < shown.length) return shown
    return stood(words, before, Math.max(same, shown.length - 1)) >= times ? words : shown
  }
}

/** How many hypotheses in a row, this one included, begin with the same words up to this place. */
function stood(words: Words, before: readonly Words[], place: number): number {
  return before.length - before.findLastIndex((earlier) => commonLength(words, earlier) <= place)
}

function commonLength(one: Words, other: Words): number {
  const different = one.findIndex((word, place) => word !== other[place])
  return different === -1 ? one.length : different
}
