import { barChart } from '../bar-chart.ts'
import { median, percentile } from '../figures.ts'
import { markdownTable, type Table, textTable } from '../table.ts'
import type { Result } from '../write-result.ts'
import type { ColdStart } from './cold-start.ts'

export type LambdaRun = {
  /** Of each bundle, by its name. */
  readonly sizes: readonly { readonly name: string; readonly bytes: number; readonly zippedBytes: number }[]
  readonly bundled: readonly ColdStart[]
  readonly unbundled: readonly ColdStart[]
}

/** What is to be reached. */
const MOST_BYTES = 1_500_000
const MOST_IMPORT_MS = 300

const METHOD = `Every start is a new process of Node.js that imports the entry and then answers one \`GET /health\` of API Gateway, by turns the bundle and the sources it is made of; the first turn only warms the disk's cache up. *Import* is everything from the beginning of the import to its end, with the settings read and the app put together; the start of Node.js itself and of AWS's own runtime are not in it, nor the download of the code, nor the reading of the secrets, for which it waits on AWS. AWS gives a Lambda of 1,769 MB one core, which is what these processes have.`

export function lambdaText(run: LambdaRun): string {
  return [textTable(sizeTable(run)), textTable(startTable(run)), reaches(run).join('\n')].join('\n\n')
}

/** The page for `docs/benchmarks`. */
export function lambdaResult(run: LambdaRun, given: { machine: string; command: string }): Result {
  return {
    ...given,
    name: 'lambda',
    title: 'The control plane as a Lambda: its size and its cold start',
    charts: [
      {
        alt: 'Import of the control plane, bundled and from its sources',
        svg: barChart({
          title: 'Import in a new process',
          unit: 'ms',
          groups: [
            { label: 'bundled', values: [median(importsOf(run.bundled)), percentile(importsOf(run.bundled), 0.95)] },
            {
              label: 'unbundled',
              values: [median(importsOf(run.unbundled)), percentile(importsOf(run.unbundled), 0.95)],
            },
          ],
          series: ['median', 'p95'],
          lines: [{ label: 'to be reached', value: MOST_IMPORT_MS }],
        }),
      },
    ],
    body: [
      reaches(run)
        .map((line) => `- ${line}`)
        .join('\n'),
      markdownTable(sizeTable(run)),
      markdownTable(startTable(run)),
      '## How it was measured',
      METHOD,
    ],
  }
}

const importsOf = (starts: readonly ColdStart[]) => starts.map(({ importMs }) => importMs)

function reaches({ sizes, bundled }: LambdaRun): readonly string[] {
  const bytes = sizes[0]?.bytes ?? Number.NaN
  const importMs = median(importsOf(bundled))
  return [
    `${met(bytes <= MOST_BYTES)}: the bundle has ${kilobytes(bytes)} kB, at most ${kilobytes(MOST_BYTES)} to be reached`,
    `${met(importMs <= MOST_IMPORT_MS)}: its import takes ${importMs.toFixed(0)} ms (median), at most ${MOST_IMPORT_MS} to be reached`,
  ]
}

const met = (isMet: boolean) => (isMet ? 'met' : 'missed')
const kilobytes = (bytes: number) => (bytes / 1_000).toFixed(0)

function sizeTable({ sizes }: LambdaRun): Table {
  return {
    head: ['bundle', 'kB', 'kB zipped'],
    rows: sizes.map(({ name, bytes, zippedBytes }) => [name, kilobytes(bytes), kilobytes(zippedBytes)]),
  }
}

function startTable({ bundled, unbundled }: LambdaRun): Table {
  const row = (name: string, starts: readonly ColdStart[]) => {
    const figures = [importsOf(starts), starts.map(({ firstCallMs }) => firstCallMs)]
    return [
      name,
      `${starts.length}`,
      ...figures.flatMap((values) => [median(values), percentile(values, 0.95)].map((ms) => ms.toFixed(0))),
    ]
  }
  return {
    head: ['start', 'n', 'import p50 ms', 'p95', 'first call p50 ms', 'p95'],
    rows: [row('bundled', bundled), row('unbundled', unbundled)],
  }
}
