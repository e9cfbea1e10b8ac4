import type { SeenCaption } from '../../browser/page-instruments.ts'
import { alignWords } from '../../speech/word-alignment.ts'

export type WordErrors = { readonly words: number; readonly errors: number }

/** Words wrong, missing or too many, in whatever portions the sentences were read. */
export function wordErrors(sentences: readonly string[], read: readonly string[]): WordErrors {
  const [reference, hypothesis] = [sentences, read].map((texts) => texts.flatMap((text) => text.match(/\S+/g) ?? []))
  if (reference === undefined || hypothesis === undefined) return { words: 0, errors: 0 }
  return { words: reference.length, errors: alignWords(reference, hypothesis).edits }
}

/** The finals that came within a time, in their order. */
export function finalsWithin(captions: readonly SeenCaption[], from: number, until: number): readonly string[] {
  return captions.filter(({ final, at }) => final && at > from && at <= until).map(({ text }) => text)
}
