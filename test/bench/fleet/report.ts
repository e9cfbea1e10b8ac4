import { barChart } from '../bar-chart.ts'
import { markdownTable, type Table, textTable } from '../table.ts'
import type { Result } from '../write-result.ts'
import { imbalance } from './balance.ts'
import type { Outcome } from './outcome.ts'
import { LIMIT } from './scenario.ts'
import { TICKS_PER_MINUTE } from './workload.ts'

const TICKS_PER_HOUR = 60 * TICKS_PER_MINUTE
const HOURS_OF_A_BAR = 4

export type FleetRun = {
  readonly seed: number
  readonly nodes: number
  readonly rooms: number
  readonly outcomes: readonly Outcome[]
}

export function fleetText(run: FleetRun): string {
  return [scene(run), textTable(balanceTable(run)), textTable(roomsTable(run)), textTable(costTable(run))].join('\n\n')
}

/** The page for `docs/benchmarks`. */
export function fleetResult(run: FleetRun, given: { machine: string; command: string }): Result {
  return {
    ...given,
    name: 'fleet',
    title: 'A day of a large service, by how media nodes are chosen',
    charts: [overloadChart(run), fullestChart(run)],
    body: [
      scene(run),
      '## Balance',
      markdownTable(balanceTable(run)),
      BALANCE,
      '## Rooms',
      markdownTable(roomsTable(run)),
      ROOMS,
      '## The scenario',
      METHOD,
      markdownTable(costTable(run)),
    ],
  }
}

const BALANCE = `Load is what it really was, 1 being full; a moment is each minute of the day, over all media nodes that take rooms, also those that have just been started. **Above ${LIMIT}** and **above full** are the parts of all the time that people spent in calls. Only choosing differs between the rows, and what follows from it.`

const ROOMS = `**Over the limit** are rooms given to a media node that really was at ${LIMIT} or above already, with ${'`RESERVED_LOAD`'} for each room on its way there. **Dead on arrival** are rooms given to a media node that had died and was still believed to live.`

const METHOD = `Nothing waits in it: what happens is a queue of events in steps of 100 ms, and the same seed gives the same day for every row. *reserved* is the product: ${'`control-plane/choose-media-node.ts`'} itself, asked with the first of each region by effective load, which a heap keeps (a test holds the two to the same choice as over the whole fleet). *least load* is the same without counting what was placed since the last heartbeat. *two choices* takes the less loaded of two drawn at random, *random* any, both among those whose last heartbeat says less than ${LIMIT}, in the asked region first. *reserved, 60 s* is not the product: in it a media node goes on adding to its load for a minute, and not for five seconds, for each room that came.

Three regions have their working days at different hours; 35 % of the rooms begin in the first minute of an hour or a half. Half of them are for two, one in twenty for 11 to 20, the others between; they last 40 minutes in the median, log-normal, 3 hours at most. The first person arrives 0.3 to 2 s after the room was placed, 70 % of the others within the first minute and the rest within the second; one room in fifty stays empty. Heartbeats come each second and say what is true then, so what is known is up to a second old. Three media nodes of ten are twice as strong as the others. The number of media nodes follows the people, once a minute and 60 to 120 s late for those to be started; spare ones are drained at random, at most 2 % a minute. One in a hundred dies on the day, and at 14:00 one in twenty of those that run at once; half of them refuse connections, the others are silent for the 3 s after which they are given up. A person is as much load as makes the whole fleet half full at the peak; for the weaker media nodes that is not what ${'`RESERVED_LOAD`'} takes a room to be, and most rooms grow after they were placed.`

const percent = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`
const load = (value: number) => value.toFixed(2)

function scene({ seed, nodes, rooms, outcomes }: FleetRun): string {
  const [one] = outcomes
  const running = one?.samples.map((sample) => sample.nodes) ?? []
  const range = `${Math.min(...running)} to ${Math.max(...running)}`
  return `Seed ${seed}: ${rooms} rooms in a day, up to ${nodes} media nodes (${range} at a time took rooms), a person is ${one?.loadOfOne.toFixed(4)} of the load of a weaker one.`
}

function balanceTable({ outcomes }: FleetRun): Table {
  return {
    head: [
      ...['chosen by', 'mean', 'p99', 'p99 at worst', 'fullest', 'fullest at worst', 'fullest / mean'],
      ...[`above ${LIMIT}`, 'above full'],
    ],
    rows: outcomes.map(({ policy, counts, samples }) => {
      const { mean, p99, worstP99, max, worstMax, maxOverMean } = imbalance(samples)
      return [
        policy,
        ...[mean, p99, worstP99, max, worstMax, maxOverMean].map(load),
        percent(counts.overLimitTicks, counts.peopleTicks),
        percent(counts.overloadedTicks, counts.peopleTicks),
      ]
    }),
  }
}

function roomsTable({ outcomes }: FleetRun): Table {
  return {
    head: [
      ...['chosen by', 'placed', 'refused', 'outside region', 'over the limit'],
      ...['on nodes that died', 'moved: node died', 'moved: drained', 'moved: dead on arrival', 'moves refused'],
    ],
    rows: outcomes.map(({ policy, counts }) => [
      policy,
      ...[counts.placed, counts.refused, counts.outsideRegion, counts.overLimit].map(String),
      ...[
        counts.bereft,
        counts.moved.died,
        counts.moved.drained,
        counts.moved['dead on arrival'],
        counts.refusedMoves,
      ].map(String),
    ]),
  }
}

function costTable({ outcomes }: FleetRun): Table {
  return {
    head: ['chosen by', 'node-hours', 'started', 'drained', 'died', 'events', 'simulated in s'],
    rows: outcomes.map(({ policy, counts, events, tookMs }) => [
      policy,
      (counts.nodeTicks / TICKS_PER_HOUR).toFixed(0),
      ...[counts.booted, counts.drained, counts.nodeDeaths, events].map(String),
      (tookMs / 1_000).toFixed(1),
    ]),
  }
}

function overloadChart({ outcomes }: FleetRun) {
  const title = 'People’s time on media nodes that were too loaded'
  const groups = outcomes.map(({ policy, counts: { overLimitTicks, overloadedTicks, peopleTicks } }) => ({
    label: policy,
    values: [overLimitTicks, overloadedTicks].map((ticks) => (100 * ticks) / Math.max(1, peopleTicks)),
  }))
  return {
    alt: title,
    svg: barChart({
      title,
      unit: 'percent, logarithmic',
      scale: 'log',
      series: [`above ${LIMIT}`, 'above full'],
      groups,
    }),
  }
}

function fullestChart({ outcomes }: FleetRun) {
  const title = 'Load of the fullest media node, highest of four hours'
  const hours = Array.from({ length: 24 / HOURS_OF_A_BAR }, (_, index) => index * HOURS_OF_A_BAR)
  const groups = hours.map((hour) => ({
    label: `${hour}:00`,
    values: outcomes.map(({ samples }) =>
      samples
        .filter(({ minute }) => minute >= 60 * hour && minute < 60 * (hour + HOURS_OF_A_BAR))
        .reduce((most, { max }) => Math.max(most, max), 0),
    ),
  }))
  const series = outcomes.map(({ policy }) => policy)
  const lines = [{ label: 'limit', value: LIMIT }]
  return { alt: title, svg: barChart({ title, unit: '1 is full, logarithmic', scale: 'log', series, groups, lines }) }
}
