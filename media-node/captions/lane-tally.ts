import type { CaptionCounter, CaptionMetrics } from './caption-metrics.ts'
import type { LaneReport } from './lane-messages.ts'

/** Figures of a second of work; what is beyond this number is only left out of the histograms. */
const MAX_OBSERVATIONS = 10_000

/** Gathers a lane's figures until they are reported. */
export class LaneTally {
  #counts = new Map<CaptionCounter, number>()
  #stages = emptyStages()

  readonly count: CaptionMetrics['count'] = (counter, by) => {
    this.#counts.set(counter, (this.#counts.get(counter) ?? 0) + by)
  }

  observe(stage: keyof LaneReport['stages'], milliseconds: number): void {
    if (this.#stages[stage].length < MAX_OBSERVATIONS) this.#stages[stage].push(milliseconds)
  }

  /** The figures since the last call, or undefined when there are none. */
  take(): LaneReport | undefined {
    if (this.#counts.size === 0) return undefined
    const report = { counts: this.#counts, stages: this.#stages }
    this.#counts = new Map()
    this.#stages = emptyStages()
    return report
  }
}

function emptyStages(): Record<keyof LaneReport['stages'], number[]> {
  return { tap: [], lane: [], engine: [] }
}
