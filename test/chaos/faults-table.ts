import { percentile } from '../bench/figures.ts'
import type { Table } from '../bench/table.ts'
import type { FaultResult } from './fault-result.ts'

const NOTHING = '–'

/** One row for each fault, in the order in which they were first played; played more often, it sums up all of them. */
export function faultsTable(results: readonly FaultResult[]): Table {
  const names = [...new Set(results.map(({ fault }) => fault))]
  return {
    head: [
      'fault (times in ms)',
      'clients',
      'interrupted',
      'back within: median',
      'p95',
      'max',
      'silence: p95',
      'max',
      'allowed',
      'lost',
      'problems',
      'free',
      'late',
      'invalid',
    ],
    rows: names.map((name) =>
      row(
        name,
        results.filter(({ fault }) => fault === name),
      ),
    ),
  }
}

function row(name: string, results: readonly FaultResult[]): readonly string[] {
  const backs = results.flatMap(({ backWithin }) => backWithin)
  const silences = results.flatMap(({ silences }) => silences)
  const total = (count: (result: FaultResult) => number) => `${results.reduce((sum, one) => sum + count(one), 0)}`
  return [
    name,
    total(({ exposed }) => exposed),
    `${backs.length}`,
    ...[0.5, 0.95, 1].map((part) => milliseconds(percentile(backs, part))),
    ...[0.95, 1].map((part) => milliseconds(percentile(silences, part))),
    milliseconds(Math.max(...results.map(({ allowedMs }) => allowedMs))),
    total(({ lost }) => lost),
    total(({ problems }) => problems.length),
    `${(Math.min(...results.map(({ calm }) => calm.free)) * 100).toFixed(0)} %`,
    Math.max(...results.map(({ calm }) => calm.lateMs)).toFixed(0),
    total(({ invalid }) => (invalid === undefined ? 0 : 1)),
  ]
}

function milliseconds(value: number): string {
  return Number.isNaN(value) ? NOTHING : value.toFixed(0)
}
