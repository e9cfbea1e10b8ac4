import { barChart } from '../bar-chart.ts'
import { markdownTable, type Table } from '../table.ts'
import type { Result } from '../write-result.ts'
import type { WordErrors } from './heard-sentences.ts'
import type { ConditionRun } from './run-condition.ts'
import { OUTAGE_MS } from './wire-condition.ts'

const percent = ({ errors, words }: WordErrors) => (100 * errors) / words

/** Points that 5 % of loss may cost. */
const REACH_POINTS = 2

export function lossTable(direct: WordErrors, runs: readonly ConditionRun[]): Table {
  return {
    head: [
      ...['wire', 'words', 'wrong', 'word error rate', 'against the file', 'utterances', 'finals'],
      ...['audio packets', 'sent again', 'lost on the wire', 'missing in the lane', 'too late', 'twice'],
    ],
    rows: [
      ['the file itself', `${direct.words}`, `${direct.errors}`, rate(direct), ...Array(9).fill('–')],
      ...runs.map((run) => [
        run.condition.name,
        `${run.words}`,
        `${run.errors}`,
        rate(run),
        points(percent(run) - percent(direct)),
        ...[run.utterances, run.finals, run.sent, run.sentAgain, run.lostOnWire, run.lost, run.late, run.duplicate].map(
          String,
        ),
      ]),
    ],
  }
}

const rate = (errors: WordErrors) => `${percent(errors).toFixed(1)} %`
const points = (difference: number) => `${difference < 0 ? '−' : '+'}${Math.abs(difference).toFixed(1)}`

/** The page for `docs/benchmarks`. */
export function lossResult(run: {
  direct: WordErrors
  runs: readonly ConditionRun[]
  machine: string
  command: string
  delayMs: number
}): Result {
  const { direct, runs, machine, command, delayMs } = run
  const title = 'Words read wrong'
  const svg = barChart({
    title,
    unit: 'percent',
    series: ['word error rate'],
    groups: [
      { label: 'the file', values: [percent(direct)] },
      ...runs.map((one) => ({ label: one.condition.name, values: [percent(one)] })),
    ],
    lines: [{ label: `${REACH_POINTS} points more than the file`, value: percent(direct) + REACH_POINTS }],
  })
  return {
    name: 'loss',
    title: 'Captions over a wire that loses packets',
    command,
    machine,
    charts: [{ alt: title, svg }],
    body: [markdownTable(lossTable(direct, runs)), method(delayMs)],
  }
}

const method = (
  delayMs: number,
) => `A real browser speaks into a call, and the captions are read on its screen; each condition is a call of its own with the same speech in three synthetic voices. **The file itself** is the same sound, fed to the engine without a call and with the beginning and the end of every sentence known. *Wrong* are words replaced, missing or too many.

Between the browser and the media worker is a relay that loses and delays UDP packets by a fixed seed, both ways alike: audio, video and all that controls them. Every packet takes ${delayMs} ms one way. *Random* loses each packet by itself, *burst* everything in outages of ${OUTAGE_MS} ms on average, *50 ms jitter* delays each packet by itself by 50 ± 50 ms more, so that they overtake one another. *Sent again* is what the browser repeated because the media worker asked for it (NACK); *missing in the lane* is what was not there when its sound was due, and was concealed.`
