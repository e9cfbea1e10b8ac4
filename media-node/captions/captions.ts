import type { Worker } from 'node:worker_threads'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logging.ts'
import type { CaptionMetrics } from './caption-metrics.ts'
import type { SpeechToText } from './engine-settings.ts'
import type { LaneSettings } from './lane-messages.ts'
import { type EngineUse, LanePool, startLaneThread } from './lane-pool.ts'
import { LAST_WORDS_MS, LastWords } from './last-words.ts'
import { monotonicMs } from './monotonic-clock.ts'
import { RoomCaptions, type RoomCaptionsEvents } from './room-captions.ts'
import type { CaptionPlant, TapSource } from './speaker-captions.ts'
import type { Translator } from './translation/translator.ts'
import { Translations } from './translations.ts'

export type { FinalKeeper } from './final-keeper.ts'
export type { CaptionReader } from './language-group.ts'
export type { RoomCaptions } from './room-captions.ts'
export type { Speaker, TapSource } from './speaker-captions.ts'

/** What the captions hold at this moment. `decoders` counts Opus decoders, `recognisers` those of the engine in use. */
export type CaptionCounts = {
  readonly lanes: number
  readonly streams: number
  readonly taps: number
  readonly decoders: number
  readonly recognisers: number
}

export type CaptionsOptions = {
  readonly speech: SpeechToText
  readonly lanes: number
  readonly logger: Logger
  readonly clock: Clock
  readonly metrics: CaptionMetrics
  /** Stays its maker's to close. Without one captions are read as they were said. */
  readonly translator?: Translator | undefined
  /** Starts the thread of a lane. */
  readonly startThread?: (settings: LaneSettings) => Worker
}

/** The captions of a media node. */
export class Captions {
  readonly #plant: CaptionPlant
  readonly #pool: LanePool
  readonly #translations: Translations
  readonly #rooms = new Set<RoomCaptions>()
  #whenNoRoom: (() => void) | undefined

  private constructor(plant: CaptionPlant, pool: LanePool, translations: Translations) {
    this.#plant = plant
    this.#pool = pool
    this.#translations = translations
  }

  /** Starts the lanes; resolves when they can take streams, with or without a working engine. */
  static async create(options: CaptionsOptions): Promise<Captions> {
    const { speech, lanes, logger, clock, metrics, translator, startThread = startLaneThread } = options
    const plant = { logger, clock, metrics, now: monotonicMs }
    const pool = await LanePool.create({ ...plant, random: Math.random, speech, lanes, startThread })
    const lastWords = new LastWords({ clock, count: metrics.count })
    return new Captions({ ...plant, pool, lastWords }, pool, new Translations({ ...plant, translator }))
  }

  room(source: TapSource, events: Partial<RoomCaptionsEvents> = {}): RoomCaptions {
    const room = new RoomCaptions({
      plant: this.#plant,
      translations: this.#translations,
      source,
      events,
      closed: () => this.#forget(room),
    })
    this.#rooms.add(room)
    return room
  }

  counts(): CaptionCounts {
    const taps = [...this.#rooms].reduce((sum, room) => sum + room.taps, 0)
    return { ...this.#pool.counts, taps }
  }

  get lanesWanted(): number {
    return this.#pool.lanesWanted
  }

  engines(): readonly EngineUse[] {
    return this.#pool.engines()
  }

  /** Milliseconds of CPU that each lane has used since its start. */
  cpuTimes(): Promise<ReadonlyMap<unknown, number>> {
    return this.#pool.cpuTimes()
  }

  /** Closes every room; resolves when what was heard is recognised to its end and translated, after `lastWordsMs` milliseconds at most. */
  async finish(lastWordsMs = LAST_WORDS_MS): Promise<void> {
    const { clock, lastWords } = this.#plant
    for (const room of this.#rooms) room.close()
    const late = Promise.withResolvers<void>()
    const cancel = clock.after(lastWordsMs, late.resolve)
    await lastWords.over(lastWordsMs)
    await Promise.race([this.#noRoom(), late.promise])
    cancel()
  }

  /** Finishes, and stops the lanes. */
  async close(lastWordsMs = LAST_WORDS_MS): Promise<void> {
    await this.finish(lastWordsMs)
    await this.#pool.close()
  }

  async #noRoom(): Promise<void> {
    const none = Promise.withResolvers<void>()
    this.#whenNoRoom = none.resolve
    if (this.#rooms.size > 0) await none.promise
  }

  #forget(room: RoomCaptions): void {
    this.#rooms.delete(room)
    if (this.#rooms.size === 0) this.#whenNoRoom?.()
  }
}
