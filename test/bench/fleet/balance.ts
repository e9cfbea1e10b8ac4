import { percentile } from '../figures.ts'

/** How evenly the media nodes were loaded at one moment; 1 is full. */
export type BalanceSample = {
  readonly minute: number
  readonly nodes: number
  readonly mean: number
  readonly p99: number
  readonly max: number
}

export function balanceOf(minute: number, loads: Float64Array): BalanceSample {
  const sorted = loads.toSorted()
  const sum = sorted.reduce((total, load) => total + load, 0)
  const p99 = sorted[Math.max(0, Math.ceil(0.99 * sorted.length) - 1)] ?? 0
  return { minute, nodes: sorted.length, mean: sum / Math.max(1, sorted.length), p99, max: sorted.at(-1) ?? 0 }
}

/** At most moments (the median) and at the worst of them. */
export function imbalance(samples: readonly BalanceSample[]) {
  const of = (pick: (sample: BalanceSample) => number) => samples.map(pick)
  return {
    mean: percentile(
      of(({ mean }) => mean),
      0.5,
    ),
    maxOverMean: percentile(
      of(({ max, mean }) => max / mean),
      0.5,
    ),
    p99: percentile(
      of(({ p99 }) => p99),
      0.5,
    ),
    worstP99: percentile(
      of(({ p99 }) => p99),
      1,
    ),
    max: percentile(
      of(({ max }) => max),
      0.5,
    ),
    worstMax: percentile(
      of(({ max }) => max),
      1,
    ),
  }
}
