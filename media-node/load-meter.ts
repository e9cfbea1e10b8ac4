import { performance } from 'node:perf_hooks'
import type { Clock } from '../shared/clock.ts'
import { smoothedLoad } from './load.ts'

const INTERVAL_MS = 1_000

/** Milliseconds of CPU that each worker process has used since its start. */
export type CpuTimes = ReadonlyMap<number, number>

/** Measures the load once a second, until closed. */
export class LoadMeter {
  readonly #clock: Clock
  readonly #cpuTimes: () => Promise<CpuTimes>
  #load = 0
  #eventLoop = performance.eventLoopUtilization()
  #times: CpuTimes = new Map()
  #measuredAt = performance.now()
  #cancel: () => void
  #closed = false

  constructor(options: { clock: Clock; cpuTimes: () => Promise<CpuTimes> }) {
    this.#clock = options.clock
    this.#cpuTimes = options.cpuTimes
    this.#cancel = this.#schedule()
  }

  /** 0 is idle, 1 is full. */
  get load(): number {
    return this.#load
  }

  close(): void {
    this.#closed = true
    this.#cancel()
  }

  #schedule(): () => void {
    return this.#clock.after(INTERVAL_MS, () => void this.#measure())
  }

  async #measure(): Promise<void> {
    const times = await this.#cpuTimes()
    const measuredAt = performance.now()
    const elapsedMs = measuredAt - this.#measuredAt
    const eventLoop = performance.eventLoopUtilization()
    const workers = [...times].map(([pid, ms]) => (ms - (this.#times.get(pid) ?? ms)) / elapsedMs)
    const { utilization } = performance.eventLoopUtilization(eventLoop, this.#eventLoop)
    this.#load = smoothedLoad(this.#load, { eventLoop: utilization, workers })
    this.#times = times
    this.#measuredAt = measuredAt
    this.#eventLoop = eventLoop
    if (!this.#closed) this.#cancel = this.#schedule()
  }
}
