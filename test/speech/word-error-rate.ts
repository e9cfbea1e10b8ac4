/** Words wrong, missing or too many, per word of the reference. Case and punctuation do not count. */
export function wordErrorRate(reference: string, hypothesis: string): number {
  const expected = wordsOf(reference)
  const heard = wordsOf(hypothesis)
  let distances = Array.from({ length: heard.length + 1 }, (_, column) => column)
  for (const [row, word] of expected.entries()) {
    const next = [row + 1]
    for (const [column, other] of heard.entries()) {
      const replaced = (distances[column] ?? 0) + (word === other ? 0 : 1)
      next.push(Math.min(replaced, (distances[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    distances = next
  }
  return (distances.at(-1) ?? 0) / Math.max(1, expected.length)
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? []
}
