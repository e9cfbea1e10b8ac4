import type { Worker } from 'node:worker_threads'
import { answersInTime } from '../../shared/answers-in-time.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logging.ts'
import type { CaptionMetrics } from './caption-metrics.ts'
import type { SpeechToText } from './engine-settings.ts'
import { type Lane, type LaneEvents, LIFE_TICK_MS } from './lane.ts'
import type { LaneReport, LaneSettings, LaneStreamOptions } from './lane-messages.ts'
import { LaneSeat } from './lane-seat.ts'
import { PooledStream, type StreamListener } from './pooled-stream.ts'
import { startThread } from './start-thread.ts'

export type LanePoolOptions = {
  readonly speech: SpeechToText
  readonly lanes: number
  readonly logger: Logger
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly random: () => number
  readonly metrics: CaptionMetrics
  readonly startThread: (settings: LaneSettings) => Worker
}

export type EngineUse = { readonly engine: string; readonly used: number; readonly resting: number }

/** A lane that says nothing for so long is busy or hangs, which is looked after elsewhere. */
const CPU_DEADLINE_MS = 2_000

/** The lanes of a media node: spreads streams over them, and replaces a lane that dies or hangs. */
export class LanePool {
  readonly #options: LanePoolOptions
  readonly #seats: readonly LaneSeat[]
  readonly #lanes = new Set<Lane>()
  readonly #streams = new Map<number, PooledStream>()
  readonly #availableListeners = new Set<() => void>()
  #nextStream = 1
  #engineAvailable = false
  #cancelTick: () => void = () => undefined

  private constructor(options: LanePoolOptions) {
    this.#options = options
    const { speech } = options
    const lanes = speech.engine.name === 'none' ? 0 : Math.min(options.lanes, speech.maxStreams)
    this.#seats = Array.from({ length: lanes }, (_, seat) => this.#seat(seat, shareOf(speech.maxStreams, lanes, seat)))
  }

  /** Resolves when every lane has started or failed to; those that failed are tried again. */
  static async create(options: LanePoolOptions): Promise<LanePool> {
    const pool = new LanePool(options)
    await Promise.all(pool.#seats.map((seat) => seat.start()))
    pool.#tickLater()
    return pool
  }

  /** Whether the engine works on this machine. */
  get engineAvailable(): boolean {
    return this.#engineAvailable
  }

  /** `listener` is called once the engine works, if it does not yet. Returns what ends the listening. */
  onAvailable(listener: () => void): () => void {
    this.#availableListeners.add(listener)
    return () => this.#availableListeners.delete(listener)
  }

  get counts(): { lanes: number; streams: number; decoders: number; recognisers: number } {
    const holdings = [...this.#lanes].map((lane) => lane.holdings)
    return {
      lanes: this.#lanes.size,
      streams: this.#streams.size,
      decoders: holdings.reduce((sum, { decoders }) => sum + decoders, 0),
      recognisers: holdings.reduce((sum, { recognisers }) => sum + recognisers, 0),
    }
  }

  /** Lanes that there should be. */
  get lanesWanted(): number {
    return this.#seats.length
  }

  /** By each engine that may be used: how many lanes use it, and how many leave it alone for a while. */
  engines(): readonly EngineUse[] {
    const { engine, fallback } = this.#options.speech
    const names = [engine, ...(fallback === undefined ? [] : [fallback])].map(({ name }) => name)
    return names.map((name) => {
      const states = this.#seats.map((seat) => seat.isResting(name))
      const count = (wanted: boolean) => states.filter((state) => state === wanted).length
      return { engine: name, used: count(false), resting: count(true) }
    })
  }

  /** Milliseconds of CPU that each lane has used since its start; one that does not say so is left out. */
  async cpuTimes(): Promise<ReadonlyMap<Lane, number>> {
    const asked = [...this.#lanes].map(async (lane): Promise<[Lane, number]> => [lane, await lane.cpuMs()])
    return new Map(await answersInTime(this.#options.clock, CPU_DEADLINE_MS, asked))
  }

  open(options: LaneStreamOptions, listener: StreamListener): PooledStream {
    const id = this.#nextStream
    this.#nextStream += 1
    const { now, speech } = this.#options
    const closed = () => this.#streams.delete(id)
    const stream = new PooledStream({ id, options, listener, now, bufferMs: speech.bufferMs, closed })
    this.#streams.set(id, stream)
    this.#place(stream)
    return stream
  }

  async close(): Promise<void> {
    this.#cancelTick()
    for (const stream of this.#streams.values()) stream.close()
    this.#lanes.clear()
    await Promise.all(this.#seats.map((seat) => seat.close()))
  }

  #seat(index: number, maxStreams: number): LaneSeat {
    const { speech, metrics } = this.#options
    return new LaneSeat({
      ...this.#options,
      index,
      settings: { ...speech, maxStreams },
      count: metrics.count,
      events: this.#events,
      joined: (lane) => this.#joined(lane),
      lost: (lane) => {
        metrics.count('lanes_lost', 1)
        this.#lost(lane)
      },
    })
  }

  #place(stream: PooledStream): void {
    const [first, ...others] = this.#lanes
    if (first === undefined) return
    stream.enter(others.reduce((least, lane) => (lane.streams < least.streams ? lane : least), first))
  }

  #joined(lane: Lane): void {
    this.#lanes.add(lane)
    for (const stream of this.#streams.values()) if (stream.lane === undefined) this.#place(stream)
    if (this.#engineAvailable) return
    this.#engineAvailable = true
    for (const listener of [...this.#availableListeners]) listener()
  }

  #lost(lane: Lane): void {
    this.#lanes.delete(lane)
    const streams = [...this.#streams.values()].filter((stream) => stream.lane === lane)
    for (const stream of streams) stream.laneLost()
    for (const stream of streams) if (stream.lane === undefined) this.#place(stream)
  }

  #tickLater(): void {
    this.#cancelTick = this.#options.clock.after(LIFE_TICK_MS, () => {
      this.#tickLater()
      for (const lane of [...this.#lanes]) lane.tick()
    })
  }

  readonly #events: Omit<LaneEvents, 'lost' | 'engineStream'> = {
    caption: (stream, caption, postedAt) => this.#streams.get(stream)?.caption(caption, postedAt),
    settled: (stream, before) => this.#streams.get(stream)?.settled(before),
    status: (stream, status) => this.#streams.get(stream)?.status(status),
    finished: (stream) => this.#streams.get(stream)?.finished(),
    engine: (change) => {
      const { logger } = this.#options
      if (change.state === 'open') logger.warn(change, 'an engine fails and is left alone for a while')
      else if (change.state === 'closed') logger.info(change, 'an engine is used again')
      else logger.warn(change, 'an utterance was given up after several attempts')
    },
    report: (report) => this.#report(report),
  }

  #report({ counts, stages }: LaneReport): void {
    const { metrics } = this.#options
    for (const [counter, by] of counts) metrics.count(counter, by)
    for (const stage of ['tap', 'lane', 'engine'] as const) {
      for (const milliseconds of stages[stage]) metrics.observeStage(stage, milliseconds / 1000)
    }
  }
}

/** How many of `whole` are for the part `index` of `parts`, when all get as much as any other, or one more. */
function shareOf(whole: number, parts: number, index: number): number {
  return Math.floor(whole / parts) + (index < whole % parts ? 1 : 0)
}

export function startLaneThread(settings: LaneSettings): Worker {
  return startThread(new URL('./lane-thread.ts', import.meta.url), { workerData: settings })
}
