import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** The value that this part of the sorted values does not exceed, by nearest rank; NaN of nothing. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}

export const median = (values: readonly number[]) => percentile(values, 0.5)

/** A row of a table: what, how many, median, 95th and 99th percentile, in milliseconds. */
export function millisecondsRow(what: string, values: readonly number[]): string {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => percentile(values, part).toFixed(0).padStart(7))
  return `${what.padEnd(44)} ${`${values.length}`.padStart(5)} ${p50} ${p95} ${p99}`
}

export const millisecondsHead = `${'milliseconds'.padEnd(44)} ${'n'.padStart(5)} ${'median'.padStart(7)} ${'p95'.padStart(7)} ${'p99'.padStart(7)}`

/** One line about the machine and the versions that the figures were made with. */
export function machineLine(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const versions = ['mediasoup', 'mediasoup-client', 'opusscript', 'playwright-core'].map((name) => {
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'))
    return `${name} ${version}`
  })
  return `${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, ${memory} GiB, ${process.platform} ${release().split('.', 2).join('.')}, Node ${process.version}, ${versions.join(', ')}`
}
