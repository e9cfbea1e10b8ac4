import type { Utterance } from '../../browser/microphone.ts'
import type { SeenCaption } from '../../browser/page-instruments.ts'
import { alignWords } from '../../speech/word-alignment.ts'

export type WordErrors = { readonly words: number; readonly errors: number }

/** What was read of each utterance: all finals from its beginning until the next one can begin, in their order. */
export function readOf(utterance: Utterance, captions: readonly SeenCaption[], gapMs: number): string {
  return captions
    .filter(({ final, at }) => final && at > utterance.start && at < utterance.end + gapMs)
    .map(({ text }) => text)
    .join(' ')
}

/** Words wrong, missing or too many. */
export function wordErrors(pairs: ReadonlyArray<{ readonly sentence: string; readonly read: string }>): WordErrors {
  let [words, errors] = [0, 0]
  for (const { sentence, read } of pairs) {
    const reference = sentence.split(' ')
    words += reference.length
    errors += alignWords(reference, read.split(/\s+/).filter(Boolean)).edits
  }
  return { words, errors }
}
