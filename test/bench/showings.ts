import { alignWords } from '../speech/word-alignment.ts'

/** When a word was first shown, and from when on it was never shown otherwise; milliseconds since the Unix epoch. */
export type Showing = { readonly first: number; readonly forGood: number }

/** For each word of the reference that the last text has right, when it was shown. */
export function showings(
  reference: readonly string[],
  texts: ReadonlyArray<{ readonly at: number; readonly text: string }>,
): ReadonlyArray<Showing | undefined> {
  const rights = texts.map(({ at, text }) => ({ at, right: alignWords(reference, text.split(/\s+/)).right }))
  return reference.map((_, index) => {
    const lastWrong = rights.findLastIndex(({ right }) => right[index] !== true)
    const forGood = rights[lastWrong + 1]?.at
    const first = rights.find(({ right }) => right[index])?.at
    return first === undefined || forGood === undefined ? undefined : { first, forGood }
  })
}
