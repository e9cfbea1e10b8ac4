import { barChart } from '../bar-chart.ts'
import type { CaptionFigures } from '../caption-figures.ts'
import { countsTable, errorTable, type LatencyRow, latencies, latencyTable, sharesTable } from '../caption-tables.ts'
import type { CaptionedUtterance } from '../captioned-utterance.ts'
import { median, percentile } from '../figures.ts'
import { VOICES } from '../sentences.ts'
import { markdownTable, textTable } from '../table.ts'
import type { Result } from '../write-result.ts'
import { slowestWords, wrongUtterances } from './trouble-tables.ts'

export type CaptionRun = {
  readonly utterances: readonly CaptionedUtterance[]
  readonly node: CaptionFigures
  /** The same sentences, once each, by the engine without a call. */
  readonly alone: readonly CaptionedUtterance[]
  readonly voiceOf: (utterance: CaptionedUtterance) => string
}

/** What is to be reached with the embedded engine, in milliseconds. */
const REACH = { partialMedian: 300, partialP95: 500, finalP95: 500 } as const

/** All that was found, for the terminal. */
export function captionsText(run: CaptionRun): string {
  const first = latencies(run.utterances).first
  return [
    textTable(latencyTable(latencyRows(run))),
    reaches(run).join('\n'),
    textTable(errorTable(errorRows(run))),
    textTable(countsTable(run.utterances, run.node)),
    textTable(sharesTable(median(first), run.node.stages)),
    textTable(slowestWords(run)),
    textTable(wrongUtterances(run)),
  ].join('\n\n')
}

/** The page for `docs/benchmarks`. */
export function captionsResult(run: CaptionRun, { machine, command }: { machine: string; command: string }): Result {
  const first = latencies(run.utterances).first
  return {
    name: 'captions',
    title: 'From the spoken word to the other screen',
    command,
    machine,
    charts: [latencyChart(run), errorChart(run)],
    body: [
      markdownTable(latencyTable(latencyRows(run))),
      reaches(run)
        .map((line) => `- ${line}`)
        .join('\n'),
      markdownTable(errorTable(errorRows(run))),
      markdownTable(countsTable(run.utterances, run.node)),
      markdownTable(sharesTable(median(first), run.node.stages)),
      '## The slowest words',
      markdownTable(slowestWords(run)),
      '## How it was measured',
      EXPLANATION,
    ],
  }
}

const EXPLANATION = `Two browsers, a process each, are in a call of the whole product. One plays sentences spoken by \`flite\` as what its microphone hears; the synthesiser says when each word ends, and the page's own microphone track says when the sentence began. The other page notes each change of its captions. A word counts from its end to the first change that shows it at its place (*shown*), and to the one from which on it stays (*for good*); words that the final text has wrong count as errors and not as latencies. An utterance ends with its last word; the speech gate waits 250 ms of quiet before it is over.

*The engine alone* is fed the same file, without Opus and network, in chunks of 100 ms, each as if it came the moment it was spoken; it is told when the utterance ends, and nobody has to find that out.

Errors are words replaced, missing or too many, for each word spoken. A stage's share is its mean, as \`/metrics\` has it, of the median of the whole.`

function latencyRows({ utterances, alone }: CaptionRun): readonly LatencyRow[] {
  const [call, engine] = [latencies(utterances), latencies(alone)]
  return [
    { what: 'word → shown', values: call.first },
    { what: 'word → for good', values: call.forGood },
    { what: 'end → final', values: call.final },
    { what: 'engine alone: word → shown', values: engine.first },
    { what: 'engine alone: word → for good', values: engine.forGood },
    { what: 'engine alone: end → final', values: engine.final },
  ]
}

function reaches({ utterances }: CaptionRun): readonly string[] {
  const { first, forGood, final } = latencies(utterances)
  const line = (what: string, value: number, most: number) =>
    `${value <= most ? 'met' : 'NOT MET'}: ${what} ${value.toFixed(0)} ms, at most ${most} ms to be reached`
  return [
    line('word → shown, median', median(first), REACH.partialMedian),
    line('word → shown, p95', percentile(first, 0.95), REACH.partialP95),
    line('word → for good, median', median(forGood), REACH.partialMedian),
    line('word → for good, p95', percentile(forGood, 0.95), REACH.partialP95),
    line('end → final, p95', percentile(final, 0.95), REACH.finalP95),
  ]
}

function errorRows({ utterances, alone, voiceOf }: CaptionRun) {
  return ['all', ...VOICES].map((voice) => {
    const rate = (of: readonly CaptionedUtterance[]) =>
      latencies(of.filter((each) => voice === 'all' || voiceOf(each) === voice)).wordErrorRate
    return { voice, call: rate(utterances), alone: rate(alone) }
  })
}

function latencyChart(run: CaptionRun) {
  const title = 'From the spoken word to the other screen'
  const groups = latencyRows(run).map(({ what, values }) => ({
    label: what.replace('engine alone: ', 'alone, '),
    values: [0.5, 0.95, 0.99].map((part) => (values.length === 0 ? undefined : Math.max(0, percentile(values, part)))),
  }))
  const lines = [
    { label: 'median to be reached', value: REACH.partialMedian },
    { label: 'p95 to be reached', value: REACH.partialP95 },
  ]
  return { alt: title, svg: barChart({ title, unit: 'ms', series: ['median', 'p95', 'p99'], groups, lines }) }
}

function errorChart(run: CaptionRun) {
  const title = 'Word error rate by voice'
  const groups = errorRows(run).map(({ voice, call, alone }) => ({ label: voice, values: [100 * call, 100 * alone] }))
  return { alt: title, svg: barChart({ title, unit: 'percent', series: ['in the call', 'the engine alone'], groups }) }
}
