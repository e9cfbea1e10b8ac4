import type { CaptionedUtterance, CaptionedWord } from '../captioned-utterance.ts'
import type { Table } from '../table.ts'
import type { CaptionRun } from './report.ts'

const SLOWEST_PART = 0.05

type Place = { readonly of: CaptionedUtterance; readonly word: CaptionedWord }

/** The slowest twentieth of the words, and when the engine alone has them. */
export function slowestWords({ utterances, alone, voiceOf }: CaptionRun): Table {
  const places: Place[] = utterances.flatMap((of) => of.words.map((word) => ({ of, word })))
  places.sort((a, b) => b.word.first - a.word.first)
  const slowest = places.slice(0, Math.ceil(SLOWEST_PART * places.length))
  return {
    head: ['slowest words', 'voice', 'to the next word', 'shown', 'for good', 'alone: shown', 'alone: for good'],
    rows: slowest.map(({ of, word }) => {
      const { words, index } = of.utterance
      const [spoken, next] = [words[word.place], words[word.place + 1]]
      const same = alone.find(({ utterance }) => utterance.index === index)
      const engine = same?.words.find(({ place }) => place === word.place)
      const toNext = spoken && next && next.end - spoken.end
      const times = [toNext, word.first, word.forGood, engine?.first, engine?.forGood]
      return [phrase(of, word.place), voiceOf(of), ...times.map((ms) => ms?.toFixed(0) ?? '–')]
    }),
  }
}

/** What was captioned wrong, and what the engine alone makes of it. */
export function wrongUtterances({ utterances, alone, voiceOf }: CaptionRun): Table {
  return {
    head: ['captioned wrong', 'the engine alone', 'voice', 'segments'],
    rows: utterances
      .filter(({ edits }) => edits > 0)
      .map((of) => {
        const same = alone.find(({ utterance }) => utterance.index === of.utterance.index)
        return [of.text, same?.text ?? '', voiceOf(of), `${of.segments}`]
      }),
  }
}

/** The word in capitals between its neighbours. */
function phrase({ utterance }: CaptionedUtterance, place: number): string {
  const words = utterance.words.map(({ word }, index) => (index === place ? word.toUpperCase() : word))
  return words.slice(Math.max(0, place - 1), place + 2).join(' ')
}
