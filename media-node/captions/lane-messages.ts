import type { CaptionsStatus } from '../../shared/protocol/caption.ts'
import type { CaptionCounter } from './caption-metrics.ts'
import type { SpeechToText } from './engine-settings.ts'
import type { PacketBatch } from './packet-batch.ts'
import type { EngineChange, EngineStreamLife } from './supplied-engine.ts'

/** What a lane's thread is started with; `maxStreams` is the lane's own share. */
export type LaneSettings = SpeechToText

/** One speaker's stream as its lane has to know it. `audioLevelId` is the header extension of RFC 6464. */
export type LaneStreamOptions = { readonly language: string; readonly audioLevelId: number | undefined }

/** A stream that another lane carried before. `shown` is what its readers have seen that has not ended. */
export type ResumedStream = { readonly shown: LaneCaption | undefined }

/**
 * Packets without `handedAt` were handed to another lane before; `repeated` follows the last of them. After `finish` no packet of
 * the stream comes, and what was said goes on to its end.
 */
export type ToLane =
  | {
      readonly kind: 'open'
      readonly stream: number
      readonly options: LaneStreamOptions
      readonly resumed?: ResumedStream | undefined
    }
  | { readonly kind: 'finish'; readonly stream: number }
  | { readonly kind: 'close'; readonly stream: number }
  | { readonly kind: 'packets'; readonly batch: PacketBatch; readonly handedAt: number | undefined }
  | { readonly kind: 'repeated'; readonly stream: number }
  | { readonly kind: 'stop' }

/** A segment's text at one revision; the times are monotonic milliseconds. */
export type LaneCaption = {
  readonly segmentId: string
  readonly revision: number
  readonly text: string
  readonly final: boolean
  readonly startedAt: number
  readonly endedAt: number
}

export type LaneStatus = Pick<CaptionsStatus, 'status' | 'reason'>

/** What a lane holds at this moment. */
export type LaneHoldings = { readonly decoders: number; readonly recognisers: number }

/** What happened since the report before; durations in milliseconds. */
export type LaneReport = {
  readonly counts: ReadonlyMap<CaptionCounter, number>
  readonly stages: Readonly<Record<'tap' | 'lane' | 'engine', readonly number[]>>
}

/**
 * What is `settled` of a stream are the packets that arrived before: silence, or said in a final text. A stream is `finished` when
 * it was to finish and its last final text has come. `alive` comes as long as the lane's thread works.
 */
export type FromLane =
  | { readonly kind: 'ready'; readonly engineFailure: string | undefined }
  | { readonly kind: 'alive' }
  | { readonly kind: 'taken' }
  | {
      readonly kind: 'caption'
      readonly stream: number
      readonly caption: LaneCaption
      readonly postedAt: number
      readonly settledBefore: number | undefined
    }
  | { readonly kind: 'settled'; readonly streams: ReadonlyMap<number, number> }
  | { readonly kind: 'status'; readonly stream: number; readonly status: LaneStatus }
  | { readonly kind: 'finished'; readonly stream: number }
  | { readonly kind: 'engine'; readonly change: EngineChange }
  | { readonly kind: 'engine-stream'; readonly life: EngineStreamLife }
  | { readonly kind: 'holdings'; readonly holdings: LaneHoldings }
  | { readonly kind: 'report'; readonly report: LaneReport }
