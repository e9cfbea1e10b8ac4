import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CaptionCounter, CaptionStage } from '../../../media-node/captions/caption-metrics.ts'
import type { LaneStatus, LaneStreamOptions } from '../../../media-node/captions/lane-messages.ts'
import { LastWords } from '../../../media-node/captions/last-words.ts'
import type { StreamListener } from '../../../media-node/captions/pooled-stream.ts'
import { RoomCaptions, type RoomCaptionsEvents } from '../../../media-node/captions/room-captions.ts'
import type { StreamPool, TapSource } from '../../../media-node/captions/speaker-captions.ts'
import { Translations } from '../../../media-node/captions/translations.ts'
import { createLogger } from '../../../shared/logging.ts'
import type { TranscriptLine } from '../../../shared/transcript-store/transcript-store.ts'
import { SettableClock } from '../shared/settable-clock.ts'
import { ScriptedTranslator } from './scripted-translator.ts'

type Stream = LaneStreamOptions & { readonly listener: StreamListener; open: boolean; finishing: boolean }

export type CaptionRoomOptions = {
  readonly available?: boolean
  /** Real ones may take the place of the test's own. */
  readonly source?: TapSource
  readonly events?: Partial<RoomCaptionsEvents>
}

/** A room without media: what its speakers say is what the test has the recognition say. */
export class CaptionRoom {
  readonly clock = new SettableClock()
  readonly translator = new ScriptedTranslator()
  readonly counts = new Map<CaptionCounter, number>()
  readonly stages: CaptionStage[] = []
  readonly streams: Stream[] = []
  readonly kept: TranscriptLine[] = []
  readonly active: boolean[] = []
  readonly translations: Translations
  readonly captions: RoomCaptions
  taps = 0
  closed = 0
  #available: boolean
  #whenAvailable: () => void = () => undefined

  constructor({ available = true, source, events }: CaptionRoomOptions = {}) {
    this.#available = available
    const { clock } = this
    const plant = {
      clock,
      now: () => clock.now(),
      logger: createLogger({ name: 'test', level: 'silent' }),
      metrics: {
        observeStage: (stage: CaptionStage) => this.stages.push(stage),
        observeDelay: () => undefined,
        count: (name: CaptionCounter, by: number) => this.counts.set(name, (this.counts.get(name) ?? 0) + by),
      },
    }
    const lastWords = new LastWords({ clock, count: plant.metrics.count })
    this.translations = new Translations({ ...plant, translator: this.translator })
    this.captions = new RoomCaptions({
      plant: { ...plant, lastWords, pool: this.#pool() },
      translations: this.translations,
      source: source ?? { tap: async () => this.#tap() },
      events: events ?? { active: (active) => this.active.push(active), final: (line) => this.kept.push(line) },
      closed: () => {
        this.closed += 1
      },
    })
  }

  async speaker(participantId: string, language = 'en'): Promise<void> {
    const displayName = `${participantId} by name`
    this.captions.addSpeaker({ participantId, displayName, producerId: participantId, language })
    await nextTurn()
  }

  /** One revision of the segment of that name from the stream that was opened last, or from another one. */
  say(
    segmentId: string,
    revision: number,
    text: string,
    { final = false, stream }: { final?: boolean; stream?: Stream | undefined } = {},
  ): void {
    const { listener } = stream ?? this.streams.at(-1) ?? assert.fail('nobody is captioned')
    const startedAt = this.clock.now() - 1_000
    listener.caption({ segmentId, revision, text, final, startedAt, endedAt: startedAt + 500 }, this.clock.now())
  }

  /** All that was said in a stream that was to finish has its final text: of the one that was opened last, or of another. */
  finished(stream = this.streams.at(-1)): void {
    stream?.listener.finished()
  }

  status(status: LaneStatus): void {
    this.streams.at(-1)?.listener.status(status)
  }

  becomeAvailable(): void {
    this.#available = true
    this.#whenAvailable()
  }

  #pool(): StreamPool {
    const available = () => this.#available
    return {
      get engineAvailable() {
        return available()
      },
      onAvailable: (listener) => {
        this.#whenAvailable = listener
        return () => undefined
      },
      open: (options, listener) => {
        const stream = { ...options, listener, open: true, finishing: false }
        this.streams.push(stream)
        const close = () => {
          stream.open = false
        }
        const finish = () => {
          stream.finishing = true
        }
        return { packet: () => undefined, finish, close }
      },
    }
  }

  #tap() {
    const tap = {
      rtpParameters: { codecs: [] },
      closed: false,
      close: () => {
        if (!tap.closed) this.taps -= 1
        tap.closed = true
      },
    }
    this.taps += 1
    return tap
  }
}
