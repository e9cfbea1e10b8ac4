import { alignWords, wordsOf } from '../speech/word-alignment.ts'
import { showings } from './showings.ts'
import type { TimedUtterance } from './spoken-utterances.ts'

/** A text of a segment and when it was there, in milliseconds of the utterances' clock. */
export type TimedText = {
  readonly at: number
  readonly segmentId: string
  readonly final: boolean
  readonly text: string
}

/** A word that was captioned, in milliseconds after it was spoken. */
export type CaptionedWord = { readonly place: number; readonly first: number; readonly forGood: number }

/** What readers saw of an utterance. */
export type CaptionedUtterance = {
  readonly utterance: TimedUtterance
  /** Those that the final text has right. */
  readonly words: readonly CaptionedWord[]
  /** Milliseconds from the end of speech to the last final; undefined when none came. */
  readonly final: number | undefined
  readonly text: string
  readonly edits: number
  readonly segments: number
  /** Words that came onto the screen, and words there that another took the place of. */
  readonly wordsShown: number
  readonly wordsRewritten: number
}

/** Follows an utterance through what was shown from its beginning to `patienceMs` after its end, in order of time. */
export function captioned(
  utterance: TimedUtterance,
  shown: readonly TimedText[],
  patienceMs: number,
): CaptionedUtterance {
  const within = shown.filter(({ at }) => at > utterance.start && at < utterance.end + patienceMs)
  const texts = joined(within)
  const reference = utterance.words.map(({ word }) => word)
  const text = texts.at(-1)?.text ?? ''
  const words = showings(reference, texts).flatMap((showing, place) => {
    const end = utterance.words[place]?.end
    if (showing === undefined || end === undefined) return []
    return [{ place, first: showing.first - end, forGood: showing.forGood - end }]
  })
  const last = within.findLast(({ final }) => final)
  return {
    utterance,
    words,
    final: last && last.at - utterance.end,
    text,
    edits: alignWords(reference, wordsOf(text)).edits,
    segments: new Set(within.map(({ segmentId }) => segmentId)).size,
    ...flicker(texts.map((each) => wordsOf(each.text))),
  }
}

/** The text of all segments together after each change. */
function joined(texts: readonly TimedText[]): readonly { readonly at: number; readonly text: string }[] {
  const segments = new Map<string, string>()
  return texts.map(({ at, segmentId, text }) => {
    segments.set(segmentId, text)
    return { at, text: [...segments.values()].join(' ') }
  })
}

function flicker(texts: readonly (readonly string[])[]) {
  let wordsShown = 0
  let wordsRewritten = 0
  texts.forEach((words, index) => {
    const before = texts[index - 1] ?? []
    wordsShown += words.filter((word, place) => before[place] !== word).length
    wordsRewritten += before.filter((word, place) => words[place] !== word).length
  })
  return { wordsShown, wordsRewritten }
}
