import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logging.ts'
import type { Notifications } from '../../shared/protocol/messages.ts'
import type { Tap } from '../sfu/tap.ts'
import type { CaptionMetrics } from './caption-metrics.ts'
import type { EngineSettings } from './engine-settings.ts'

/** A participant who reads captions. */
export type CaptionReader = {
  readonly participantId: string
  notify<E extends 'caption' | 'captions-status'>(event: E, data: Notifications[E]): void
}

/** A participant's audio producer; `language` is the BCP 47 tag of what is spoken. */
export type Speaker = { readonly participantId: string; readonly producerId: string; readonly language: string }

/** Where taps come from: one room of the SFU. */
export type TapSource = { tap(producerId: string, onRtp: (packet: Buffer) => void): Promise<Tap> }

/** What the captions hold at this moment. `decoders` counts Opus decoders, `recognisers` those of the engine in use. */
export type CaptionCounts = {
  readonly lanes: number
  readonly streams: number
  readonly taps: number
  readonly decoders: number
  readonly recognisers: number
}

export type CaptionsOptions = {
  readonly engine: EngineSettings
  readonly lanes: number
  readonly logger: Logger
  readonly clock: Clock
  readonly metrics: CaptionMetrics
}

export class Captions {
  private constructor() {}

  /** Starts the lanes; resolves when they can take streams, with or without a working engine. */
  static async create(_options: CaptionsOptions): Promise<Captions> {
    return new Captions()
  }

  room(_source: TapSource): RoomCaptions {
    return new RoomCaptions()
  }

  counts(): CaptionCounts {
    return { lanes: 0, streams: 0, taps: 0, decoders: 0, recognisers: 0 }
  }

  async close(): Promise<void> {}
}

export class RoomCaptions {
  addSpeaker(_speaker: Speaker): void {}
  removeSpeaker(_producerId: string): void {}
  addReader(_reader: CaptionReader): void {}
  removeReader(_participantId: string): void {}
  close(): void {}
}
