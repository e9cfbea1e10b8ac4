import { Worker } from 'node:worker_threads'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logging.ts'
import type { CaptionMetrics } from './caption-metrics.ts'
import type { SpeechToText } from './engine-settings.ts'
import { Lane, type LaneEvents } from './lane.ts'
import type { LaneReport, LaneSettings, LaneStreamOptions } from './lane-messages.ts'
import { PooledStream, type StreamListener } from './pooled-stream.ts'

export type LanePoolOptions = {
  readonly speech: SpeechToText
  readonly lanes: number
  readonly logger: Logger
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly metrics: CaptionMetrics
  readonly startThread: (settings: LaneSettings) => Worker
}

/** Between attempts to start a lane that does not start. */
const RETRY_MS = 2_000

/** The lanes of a media node: spreads streams over them, and replaces a lane that dies. */
export class LanePool {
  readonly #options: LanePoolOptions
  readonly #lanes = new Set<Lane>()
  readonly #starting = new Set<Lane>()
  readonly #streams = new Map<number, PooledStream>()
  #nextStream = 1
  #engineAvailable = false
  #closed = false

  private constructor(options: LanePoolOptions) {
    this.#options = options
  }

  /** Resolves when every lane has started or failed to; those that failed are tried again. */
  static async create(options: LanePoolOptions): Promise<LanePool> {
    const pool = new LanePool(options)
    const lanes = options.speech.engine.name === 'none' ? 0 : Math.min(options.lanes, options.speech.maxStreams)
    await Promise.all(Array.from({ length: lanes }, () => pool.#startLane()))
    return pool
  }

  /** Whether the engine works on this machine. */
  get engineAvailable(): boolean {
    return this.#engineAvailable
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

  open(options: LaneStreamOptions, listener: StreamListener): PooledStream {
    const id = this.#nextStream
    this.#nextStream += 1
    const { count } = this.#options.metrics
    const stream = new PooledStream({ id, options, listener, count, closed: () => this.#streams.delete(id) })
    this.#streams.set(id, stream)
    this.#place(stream)
    return stream
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const stream of this.#streams.values()) stream.close()
    const lanes = [...this.#lanes, ...this.#starting]
    this.#lanes.clear()
    await Promise.all(lanes.map((lane) => lane.close()))
  }

  #place(stream: PooledStream): void {
    const [first, ...others] = this.#lanes
    if (first === undefined) return
    stream.enter(others.reduce((least, lane) => (lane.streams < least.streams ? lane : least), first))
  }

  async #startLane(): Promise<void> {
    if (this.#closed) return
    const { speech, clock, now, metrics, startThread, logger } = this.#options
    const events = this.#events((cause) => this.#lost(lane, cause))
    const lane = new Lane({ thread: startThread(speech), events, clock, now, count: metrics.count })
    this.#starting.add(lane)
    try {
      const engineFailure = await lane.started()
      if (engineFailure === undefined) this.#joined(lane)
      else {
        logger.warn({ engine: speech.engine.name, reason: engineFailure }, 'captions are off: the engine cannot be had')
        await lane.close()
      }
    } catch (error) {
      logger.error({ err: error }, 'a caption lane did not start')
      clock.after(RETRY_MS, () => this.#startLane())
      await lane.close()
    } finally {
      this.#starting.delete(lane)
    }
  }

  #joined(lane: Lane): void {
    if (this.#closed) return
    this.#engineAvailable = true
    this.#lanes.add(lane)
    for (const stream of this.#streams.values()) if (stream.lane === undefined) this.#resume(stream)
  }

  #resume(stream: PooledStream): void {
    this.#place(stream)
    if (stream.lane !== undefined) stream.listener.status({ status: 'resumed' })
  }

  #lost(lane: Lane, cause: Error): void {
    if (!this.#lanes.delete(lane)) return
    this.#options.logger.error({ err: cause }, 'a caption lane was lost')
    this.#options.metrics.count('lanes_lost', 1)
    const streams = [...this.#streams.values()].filter((stream) => stream.lane === lane)
    for (const stream of streams) stream.laneLost()
    for (const stream of streams) this.#resume(stream)
    this.#startLane()
  }

  #events(lost: LaneEvents['lost']): LaneEvents {
    return {
      caption: (stream, caption, postedAt) => this.#streams.get(stream)?.listener.caption(caption, postedAt),
      status: (stream, status) => this.#streams.get(stream)?.listener.status(status),
      report: (report) => this.#report(report),
      lost,
    }
  }

  #report({ counts, stages }: LaneReport): void {
    const { metrics } = this.#options
    for (const [counter, by] of counts) metrics.count(counter, by)
    for (const stage of ['tap', 'lane', 'engine'] as const) {
      for (const milliseconds of stages[stage]) metrics.observeStage(stage, milliseconds / 1000)
    }
  }
}

export function startLaneThread(settings: LaneSettings): Worker {
  return new Worker(new URL('./lane-thread.ts', import.meta.url), { workerData: settings, name: 'caption-lane' })
}
