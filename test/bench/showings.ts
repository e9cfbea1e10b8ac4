import { alignBeginning, alignWords, wordsOf } from '../speech/word-alignment.ts'

/** When a word was first shown, and from when on it was never shown otherwise; milliseconds since the Unix epoch. */
export type Showing = { readonly first: number; readonly forGood: number }

/**
 * For each word of the reference that the last text has right, when it was shown. The last text is about all of the
 * reference, those before it are about what had been said by then.
 */
export function showings(
  reference: readonly string[],
  texts: ReadonlyArray<{ readonly at: number; readonly text: string }>,
): ReadonlyArray<Showing | undefined> {
  const rights = texts.map(({ at, text }, index) => {
    const align = index === texts.length - 1 ? alignWords : alignBeginning
    return { at, right: align(reference, wordsOf(text)).right }
  })
  return reference.map((_, index) => {
    const lastWrong = rights.findLastIndex(({ right }) => right[index] !== true)
    const forGood = rights[lastWrong + 1]?.at
    const first = rights.find(({ right }) => right[index])?.at
    return first === undefined || forGood === undefined ? undefined : { first, forGood }
  })
}
