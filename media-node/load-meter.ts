import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Clock } from '../shared/clock.ts'
import { type LoadLimits, smoothedLoad } from './load.ts'

const INTERVAL_MS = 1_000

/** The event loop is looked at so often; what is measured is the time between two looks. */
const DELAY_RESOLUTION_MS = 10

const NANOSECONDS_PER_MS = 1e6

/** Milliseconds of CPU that each process or thread has used since its start, by whatever tells them apart. */
export type CpuTimes = ReadonlyMap<unknown, number>

export type LoadMeterOptions = {
  readonly workerCpuTimes: () => Promise<CpuTimes>
  readonly laneCpuTimes: () => Promise<CpuTimes>
  readonly participants: () => number
  readonly rooms: () => number
  readonly limits: LoadLimits
  readonly clock: Clock
}

/** Measures the load once a second, until closed. */
export class LoadMeter {
  readonly #options: LoadMeterOptions
  readonly #delays = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS })
  #load = 0
  #eventLoop = performance.eventLoopUtilization()
  #workers: CpuTimes = new Map()
  #lanes: CpuTimes = new Map()
  #measuredAt = performance.now()
  #cancel: () => void
  #closed = false

  constructor(options: LoadMeterOptions) {
    this.#options = options
    this.#delays.enable()
    this.#cancel = this.#schedule()
  }

  /** 0 is idle, 1 is full. */
  get load(): number {
    return this.#load
  }

  close(): void {
    this.#closed = true
    this.#cancel()
    this.#delays.disable()
  }

  #schedule(): () => void {
    return this.#options.clock.after(INTERVAL_MS, () => void this.#measure())
  }

  async #measure(): Promise<void> {
    const { workerCpuTimes, laneCpuTimes, participants, rooms, limits } = this.#options
    const [workers, lanes] = await Promise.all([workerCpuTimes(), laneCpuTimes()])
    const measuredAt = performance.now()
    const elapsedMs = measuredAt - this.#measuredAt
    const eventLoop = performance.eventLoopUtilization()
    const sample = {
      eventLoop: performance.eventLoopUtilization(eventLoop, this.#eventLoop).utilization,
      eventLoopDelayMs: this.#delays.percentile(99) / NANOSECONDS_PER_MS - DELAY_RESOLUTION_MS,
      workers: shares(this.#workers, workers, elapsedMs),
      lanes: shares(this.#lanes, lanes, elapsedMs),
      participants: participants(),
      rooms: rooms(),
    }
    this.#load = smoothedLoad(this.#load, sample, limits)
    this.#workers = workers
    this.#lanes = lanes
    this.#measuredAt = measuredAt
    this.#eventLoop = eventLoop
    this.#delays.reset()
    if (!this.#closed) this.#cancel = this.#schedule()
  }
}

/** What each used of one core since the times before; one that is new has no share yet. */
function shares(before: CpuTimes, now: CpuTimes, elapsedMs: number): number[] {
  return [...now].map(([which, ms]) => (ms - (before.get(which) ?? ms)) / elapsedMs)
}
