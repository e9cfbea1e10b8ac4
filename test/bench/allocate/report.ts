import { barChart } from '../bar-chart.ts'
import { percentile } from '../figures.ts'
import { markdownTable, type Table, textTable } from '../table.ts'
import type { Result } from '../write-result.ts'
import { type Burst, isWithinHeartbeats } from './burst.ts'
import type { Timing } from './by-turns.ts'
import type { Refusals } from './refusals.ts'

/** One operation at one size of the fleet, so many under way at a time. */
export type Measured = {
  readonly nodes: number
  readonly operation: string
  readonly atOnce: number
  readonly ours: Timing
  readonly bare: Timing
}

/** What it costs to hear and to read the whole fleet once, in milliseconds, each time it was done. */
export type Upkeep = { readonly nodes: number; readonly beatMs: readonly number[]; readonly readMs: readonly number[] }

export type AllocateRun = {
  readonly measured: readonly Measured[]
  readonly bursts: readonly Burst[]
  readonly refusals: readonly Refusals[]
  readonly upkeep: readonly Upkeep[]
}

/** What is to be reached. */
const MOST_OVER_BARE_P99_MS = 20
const MOST_SLOWER = 1.2
const MOST_APART = 1

export function allocateText(run: AllocateRun): string {
  return [
    textTable(speedTable(run.measured)),
    textTable(burstTable(run.bursts)),
    textTable(refusalTable(run.refusals)),
    textTable(upkeepTable(run.upkeep)),
    reaches(run).join('\n'),
  ].join('\n\n')
}

/** The page for `docs/benchmarks`. */
export function allocateResult(run: AllocateRun, given: { machine: string; command: string }): Result {
  return {
    ...given,
    name: 'allocate',
    title: 'Placing rooms, with ten media nodes or ten thousand',
    charts: [latencyChart(run.measured), rateChart(run.measured)],
    body: [
      reaches(run)
        .map((line) => `- ${line}`)
        .join('\n'),
      markdownTable(speedTable(run.measured)),
      '## A burst on equal media nodes',
      markdownTable(burstTable(run.bursts)),
      '## Refusals while all are full',
      markdownTable(refusalTable(run.refusals)),
      '## What grows with the fleet',
      markdownTable(upkeepTable(run.upkeep)),
      '## How it was measured',
      METHOD,
    ],
  }
}

const METHOD = `One process runs the control plane's own \`createRoom\` and \`placeRoom\`; a redis-server for each size of the fleet and dynalite (DynamoDB's API, its tables on disk) are processes beside it on the same machine, so that their share of the time is what is called *bare*: as many round trips to the same two servers in the same order, with a script of the same keys, arguments and answer that does nothing, and the same conditional writes. Product and bare take turns batch by batch, and so do the sizes. **create** reserves and writes a new room that asks for a region, **find** reads a placed room and its media node (what most joins do), **move** finds that the media node of a room is gone, reserves another, writes that at the next epoch and leaves word for the old one.

The media nodes are heartbeats in three regions, with loads between 0 and 0.5. The whole fleet beats, then is measured until the oldest beat is 2.5 s old at most, then beats again: heartbeats are not under way while something is timed. What they cost is told by itself, as the registry's whole call in the measuring process: each second a fleet really beats once. Nor is the reading of the whole fleet timed that a control plane does in the background, in case Redis goes away: once a second with up to 500 media nodes, and every 20 s with 10,000. Calls that are made while the answer is being taken apart wait that long.`

const ms = (value: number) => value.toFixed(2)
const rate = ({ latencies, busyMs }: Timing) => (1_000 * latencies.length) / busyMs
const at = (part: number, { latencies }: Timing) => percentile(latencies, part)

function speedTable(measured: readonly Measured[]): Table {
  return {
    head: [
      ...['operation', 'media nodes', 'at once', 'n', 'a second', 'bare', 'p50 ms', 'bare'],
      ...['p99 ms', 'bare', 'p99 over bare'],
    ],
    rows: measured.map(({ operation, nodes, atOnce, ours, bare }) => [
      operation,
      `${nodes}`,
      `${atOnce}`,
      `${ours.latencies.length}`,
      ...[rate(ours), rate(bare)].map((value) => value.toFixed(0)),
      ...[at(0.5, ours), at(0.5, bare), at(0.99, ours), at(0.99, bare), at(0.99, ours) - at(0.99, bare)].map(ms),
    ]),
  }
}

function burstTable(bursts: readonly Burst[]): Table {
  return {
    head: ['media nodes', 'rooms at once', 'fewest on one', 'most on one', 'failed', 'ms in all', 'bare'],
    rows: bursts.map(({ nodes, rooms, fewest, most, failed, ms, bareMs }) => [
      `${nodes}`,
      ...[rooms, fewest, most, failed].map(String),
      ...[ms, bareMs].map((value) => value.toFixed(0)),
    ]),
  }
}

function refusalTable(refusals: readonly Refusals[]): Table {
  return {
    head: ['media nodes', '503 no_capacity', 'other answers', 'p50 ms', 'p99 ms'],
    rows: refusals.map(({ nodes, latencies, otherAnswers }) => [
      `${nodes}`,
      `${latencies.length}`,
      `${otherAnswers}`,
      ...[0.5, 0.99].map((part) => ms(percentile(latencies, part))),
    ]),
  }
}

function upkeepTable(upkeep: readonly Upkeep[]): Table {
  return {
    head: ['media nodes', 'all of them beat, ms', 'ms for one beat', 'all of them are read, ms', 'at worst'],
    rows: upkeep.map(({ nodes, beatMs, readMs }) => [
      `${nodes}`,
      percentile(beatMs, 0.5).toFixed(0),
      (percentile(beatMs, 0.5) / nodes).toFixed(3),
      ...[0.5, 1].map((part) => percentile(readMs, part).toFixed(1)),
    ]),
  }
}

/** Whether each thing that is to be reached is, in words. */
export function reaches({ measured, bursts, refusals }: AllocateRun): readonly string[] {
  return [
    ...measured.flatMap(overBare),
    ...measured.flatMap((one) => {
      const least = leastNodes(measured, one)
      return least && one.nodes > least.nodes ? flatness(one, least) : []
    }),
    ...bursts.map(spread),
    ...refusals.map(({ nodes, latencies, otherAnswers }) =>
      told(
        otherAnswers === 0 && latencies.length > 0,
        `${latencies.length} of ${latencies.length + otherAnswers} calls to ${nodes} full media nodes answered 503 no_capacity with Retry-After`,
      ),
    ),
  ]
}

const told = (isMet: boolean, what: string) => `${isMet ? 'met' : 'NOT MET'}: ${what}`

function overBare({ operation, nodes, atOnce, ours, bare }: Measured): readonly string[] {
  const over = at(0.99, ours) - at(0.99, bare)
  const what = `${operation}, ${nodes} media nodes, ${atOnce} at once: p99 ${ms(over)} ms over the bare stores`
  return [told(over <= MOST_OVER_BARE_P99_MS, `${what}, at most ${MOST_OVER_BARE_P99_MS} ms to be reached`)]
}

function leastNodes(measured: readonly Measured[], { operation, atOnce }: Measured): Measured | undefined {
  return measured
    .filter((one) => one.operation === operation && one.atOnce === atOnce)
    .reduce<Measured | undefined>((least, one) => (least && least.nodes <= one.nodes ? least : one), undefined)
}

/** Of the largest and every other size beside the smallest, by the median and by what gets done in a second. */
function flatness(one: Measured, least: Measured): readonly string[] {
  const slower = [at(0.5, one.ours) / at(0.5, least.ours), rate(least.ours) / rate(one.ours)]
  const [median = Number.NaN, throughput = Number.NaN] = slower
  const what = `${one.operation}, ${one.atOnce} at once: ${one.nodes} media nodes take ${median.toFixed(2)} × the median and ${throughput.toFixed(2)} × the time of ${least.nodes}`
  return [told(Math.max(...slower) <= MOST_SLOWER, `${what}, at most ${MOST_SLOWER} × to be reached`)]
}

function spread(burst: Burst): string {
  const { rooms, nodes, fewest, most, failed } = burst
  const isEven = most - fewest <= MOST_APART && failed === 0
  const late = isWithinHeartbeats(burst) ? '' : ' (the burst outlasted heartbeats)'
  return told(
    isEven,
    `${rooms} rooms at once on ${nodes} equal media nodes: ${fewest} to ${most} each, ${failed} failed${late}`,
  )
}

function latencyChart(measured: readonly Measured[]) {
  const title = 'Creating a room, by media nodes and rooms at once'
  const groups = measured
    .filter(({ operation }) => operation === 'create')
    .map(({ atOnce, nodes, ours, bare }) => ({
      label: `${short(nodes)}, ${atOnce} at once`,
      values: [at(0.5, ours), at(0.5, bare), at(0.99, ours), at(0.99, bare)],
    }))
  const series = ['p50', 'bare stores’ p50', 'p99', 'bare stores’ p99']
  return { alt: title, svg: barChart({ title, unit: 'ms, logarithmic', scale: 'log', series, groups }) }
}

function rateChart(measured: readonly Measured[]) {
  const most = Math.max(...measured.map(({ atOnce }) => atOnce))
  const title = `Rooms created and found, ${most} at once, by media nodes`
  const groups = measured
    .filter(({ atOnce, operation }) => atOnce === most && operation !== 'move')
    .map(({ operation, nodes, ours, bare }) => ({
      label: `${operation}, ${short(nodes)}`,
      values: [rate(ours), rate(bare)],
    }))
  return { alt: title, svg: barChart({ title, unit: 'a second', series: ['product', 'bare stores'], groups }) }
}

const short = (nodes: number) => (nodes < 1_000 ? `${nodes}` : `${nodes / 1_000}k`)
