import type { CaptionFigures, StageFigures } from './caption-figures.ts'
import type { CaptionedUtterance } from './captioned-utterance.ts'
import { percentile } from './figures.ts'
import type { Table } from './table.ts'

/** What of utterances can be counted together; latencies in milliseconds. */
export type Latencies = {
  readonly first: readonly number[]
  readonly forGood: readonly number[]
  readonly final: readonly number[]
  /** Words replaced, missing or too many, for each word spoken. */
  readonly wordErrorRate: number
}

export function latencies(utterances: readonly CaptionedUtterance[]): Latencies {
  const words = utterances.flatMap((utterance) => utterance.words)
  return {
    first: words.map(({ first }) => first),
    forGood: words.map(({ forGood }) => forGood),
    final: utterances.flatMap(({ final }) => final ?? []),
    wordErrorRate: ratio(utterances, ({ edits }) => edits, wordsSpoken),
  }
}

const percent = (part: number) => `${(100 * part).toFixed(1)} %`
const wordsSpoken = ({ utterance }: CaptionedUtterance) => utterance.words.length

export type LatencyRow = { readonly what: string; readonly values: readonly number[] }

export function latencyTable(rows: readonly LatencyRow[]): Table {
  return {
    head: ['milliseconds', 'n', 'median', 'p95', 'p99'],
    rows: rows.map(({ what, values }) => [
      what,
      `${values.length}`,
      ...[0.5, 0.95, 0.99].map((part) => percentile(values, part).toFixed(0)),
    ]),
  }
}

export type ErrorRow = { readonly voice: string; readonly call: number; readonly alone: number }

/** The words wrong in each voice and in all, in the call and by the engine alone. */
export function errorTable(rows: readonly ErrorRow[]): Table {
  return {
    head: ['word error rate', 'in the call', 'the engine alone'],
    rows: rows.map(({ voice, call, alone }) => [voice, percent(call), percent(alone)]),
  }
}

/** What the media node measured of each stage, and what is left of the whole: browsers, network, filling a chunk. */
export function sharesTable(wholeMs: number, stages: readonly StageFigures[]): Table {
  const row = (what: string, ms: number, count: string) => [
    what,
    count,
    ms.toFixed(1),
    `${((100 * ms) / wholeMs).toFixed(0)} %`,
  ]
  const rest = stages.reduce((left, { meanMs }) => left - meanMs, wholeMs)
  return {
    head: ['word spoken → on the other screen', 'n', 'ms', 'share'],
    rows: [
      ...stages.map(({ stage, count, meanMs }) => row(`media node: ${stage} (mean)`, meanMs, `${count}`)),
      row('browsers, network, waiting for a full chunk', rest, ''),
      row('whole (median)', wholeMs, ''),
    ],
  }
}

/** Words rewritten for each word shown, and sound received against sound recognised. */
export function countsTable(utterances: readonly CaptionedUtterance[], node: CaptionFigures): Table {
  const seen = ratio(
    utterances,
    ({ wordsRewritten }) => wordsRewritten,
    ({ wordsShown }) => wordsShown,
  )
  const { wordsShown, wordsRewritten, audioReceivedSeconds, audioRecognisedSeconds } = node
  const counted =
    wordsShown === undefined || wordsRewritten === undefined ? '–' : percent(wordsRewritten / Math.max(1, wordsShown))
  const whole = utterances.filter(({ segments }) => segments === 1).length
  return {
    head: ['', ''],
    rows: [
      ['words rewritten for each word shown, as seen on the screen', percent(seen)],
      ['the same, as the media node counts it', counted],
      ['utterances', `${utterances.length}`],
      ['… captioned as one segment', `${whole}`],
      ['… without a final text', `${utterances.filter(({ final }) => final === undefined).length}`],
      ['sound received', `${audioReceivedSeconds.toFixed(1)} s`],
      ['sound given to the engine', `${audioRecognisedSeconds.toFixed(1)} s`],
    ],
  }
}

function ratio<T>(values: readonly T[], above: (value: T) => number, below: (value: T) => number): number {
  const sum = (of: (value: T) => number) => values.reduce((total, value) => total + of(value), 0)
  return sum(above) / sum(below)
}
