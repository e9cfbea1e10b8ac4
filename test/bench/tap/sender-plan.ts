import type { SpeechTrack } from './speech-track.ts'

/** One sender of RTP: 50 packets per second from frame `firstFrame` of its track on, the first `phaseMs` after the start. */
export type SenderStream = {
  readonly port: number
  readonly ssrc: number
  readonly firstTimestamp: number
  readonly firstSequenceNumber: number
  readonly track: number
  readonly firstFrame: number
  readonly phaseMs: number
}

/** What the sending process is told. */
export type SenderPlan = {
  readonly tracks: readonly SpeechTrack[]
  readonly streams: readonly SenderStream[]
  /** Packets of each stream. */
  readonly packets: number
}

export type ToSender = { readonly kind: 'plan'; readonly plan: SenderPlan } | { readonly kind: 'go' }

export type FromSender =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'sent'
      /** When each packet of each stream was sent, in monotonic milliseconds. */
      readonly sentAt: readonly Float64Array[]
      /** Percent of a core. */
      readonly cpu: number
      /** How late against its schedule each packet was sent, 99th percentile in milliseconds. */
      readonly lateP99Ms: number
    }

/** Every packet carries so much sound. */
export const FRAME_MS = 20
export const FRAME_TICKS = 960
export const PAYLOAD_TYPE = 111
export const AUDIO_LEVEL_ID = 1
