import type { Worker } from 'node:worker_threads'
import type { Clock } from '../../shared/clock.ts'
import { logLife } from '../../shared/log-life.ts'
import type { Logger } from '../../shared/logging.ts'
import { BackOff } from './back-off.ts'
import type { CaptionMetrics } from './caption-metrics.ts'
import { Lane, type LaneEvents } from './lane.ts'
import type { LaneSettings } from './lane-messages.ts'
import type { EngineStreamLife } from './supplied-engine.ts'

export type LaneSeatOptions = {
  /** Of this seat among all. */
  readonly index: number
  readonly settings: LaneSettings
  readonly logger: Logger
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly random: () => number
  readonly count: CaptionMetrics['count']
  readonly startThread: (settings: LaneSettings) => Worker
  readonly events: Omit<LaneEvents, 'lost' | 'engineStream'>
  readonly joined: (lane: Lane) => void
  /** A lane that had joined is gone; the next one is on its way. */
  readonly lost: (lane: Lane) => void
}

const FIRST_RETRY_MS = 2_000
const MAX_RETRY_MS = 60_000
/** A lane that has lived for so long is replaced at once, as is the first that has not. */
const PROVEN_MS = 60_000

/** The place of one lane, which is filled again whenever it is empty. */
export class LaneSeat {
  readonly #options: LaneSeatOptions
  readonly #backOff: BackOff
  #lane: Lane | undefined
  #joinedAt: number | undefined
  #lostEarly = false
  #reported: string | undefined
  #cancelRetry: () => void = () => undefined
  #logClosed: (reason: string) => void = () => undefined
  /** What logs that they close, of those that are open. */
  readonly #engineStreams = new Map<string, (reason: string) => void>()
  /** The engines that the lane leaves alone for a while. */
  readonly #resting = new Set<string>()
  #closed = false

  constructor(options: LaneSeatOptions) {
    this.#options = options
    const { random } = options
    this.#backOff = new BackOff({ firstMs: FIRST_RETRY_MS, mostMs: MAX_RETRY_MS, random })
  }

  /** Resolves when there is a lane, or when the first attempt has failed. */
  async start(): Promise<void> {
    if (this.#closed) return
    const lane = this.#create()
    this.#lane = lane
    try {
      const engineFailure = await lane.started()
      if (this.#closed) return
      if (engineFailure === undefined) {
        this.#joined(lane)
        return
      }
      this.#report(engineFailure)
    } catch (error) {
      this.#options.logger.error({ err: error }, 'a caption lane did not start')
    }
    this.#startAfter(this.#backOff.next())
    await lane.close()
  }

  /** Whether there is a lane that leaves this engine alone; undefined while there is none. */
  isResting(engine: string): boolean | undefined {
    return this.#joinedAt === undefined ? undefined : this.#resting.has(engine)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancelRetry()
    this.#logClosed('stopped')
    await this.#lane?.close()
  }

  #create(): Lane {
    const { settings, startThread, events } = this.#options
    const lane: Lane = new Lane({
      ...this.#options,
      thread: startThread(settings),
      events: {
        ...events,
        engine: (change) => {
          if (change.state === 'open') this.#resting.add(change.engine)
          else if (change.state === 'closed') this.#resting.delete(change.engine)
          events.engine(change)
        },
        engineStream: (life) => this.#logStream(life),
        lost: (cause) => this.#lost(lane, cause),
      },
    })
    return lane
  }

  #logStream({ engine, stream, closed }: EngineStreamLife): void {
    const { logger, index } = this.#options
    const key = `${engine} ${stream}`
    if (closed === undefined) {
      const ids = { lane: index, engine, engineStream: stream }
      this.#engineStreams.set(key, logLife(logger, 'debug', 'engine stream', ids))
      return
    }
    this.#engineStreams.get(key)?.(closed)
    this.#engineStreams.delete(key)
  }

  #joined(lane: Lane): void {
    this.#joinedAt = this.#options.now()
    this.#reported = undefined
    const { logger, index } = this.#options
    this.#logClosed = logLife(logger, 'info', 'caption lane', { lane: index })
    this.#options.joined(lane)
  }

  #lost(lane: Lane, cause: Error): void {
    if (this.#joinedAt === undefined || this.#closed) return
    const early = this.#options.now() - this.#joinedAt < PROVEN_MS
    this.#joinedAt = undefined
    this.#resting.clear()
    for (const logClosed of this.#engineStreams.values()) logClosed('lane_lost')
    this.#engineStreams.clear()
    this.#logClosed = () => undefined
    const { logger, index } = this.#options
    logger.error({ err: cause, lane: index, reason: 'lost' }, 'caption lane closed')
    this.#options.lost(lane)
    if (!early) this.#backOff.reset()
    this.#startAfter(early && this.#lostEarly ? this.#backOff.next() : 0)
    this.#lostEarly = early
  }

  #startAfter(delayMs: number): void {
    if (delayMs === 0) this.start()
    else this.#cancelRetry = this.#options.clock.after(delayMs, () => this.start())
  }

  #report(engineFailure: string): void {
    if (this.#reported === engineFailure) return
    this.#reported = engineFailure
    const { logger, settings } = this.#options
    logger.warn({ engine: settings.engine.name, reason: engineFailure }, 'captions are off: the engine cannot be had')
  }
}
