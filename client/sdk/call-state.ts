import type { CallError } from '../../shared/protocol/error-code.ts'
import type { Source } from '../../shared/protocol/messages.ts'
import { type CaptionTroubles, emptyTranscript, type Transcript } from './captions.ts'
import type { Participants } from './participants.ts'

/** `error` is null when this participant left of their own will. */
export type CallPhase =
  | { readonly name: 'joining' }
  | { readonly name: 'connected' }
  /** The connection broke and the call gets back by itself; `since` in milliseconds since the Unix epoch. */
  | { readonly name: 'reconnecting'; readonly since: number; readonly cause: CallError }
  | { readonly name: 'ended'; readonly error: CallError | null }

/** Whether audio and video get through, apart from signalling. */
export type MediaConnection = 'connecting' | 'connected' | 'interrupted'

/** What this participant speaks, as a BCP 47 tag, and whether it may be captioned. */
export type Speech = { readonly language: string; readonly captioned: boolean }

export type PublishedTrack = { readonly track: MediaStreamTrack; readonly muted: boolean }

/** Everything there is to show of a call, replaced as a whole at each change and never changed in place. */
export type CallState = {
  readonly phase: CallPhase
  readonly roomId: string
  readonly participantId: string
  readonly displayName: string
  readonly speech: Speech
  readonly participants: Participants
  /** Ids of those who speak now, this participant among them, loudest first. */
  readonly speakers: readonly string[]
  /** What this participant sends. */
  readonly published: { readonly [S in Source]?: PublishedTrack }
  readonly mediaConnection: MediaConnection
  readonly captions: {
    readonly enabled: boolean
    /** What this participant reads, as a BCP 47 tag. */
    readonly language: string
    /** Whether anybody in the room reads captions. */
    readonly active: boolean
    readonly transcript: Transcript
    /** Of the captions that this participant reads; and, also while they read none, that they are not understood. */
    readonly troubles: CaptionTroubles
  }
}

type Self = Pick<CallState, 'roomId' | 'participantId' | 'displayName' | 'speech'>

export function initialState({ captionLanguage, ...self }: Self & { readonly captionLanguage: string }): CallState {
  return {
    ...self,
    phase: { name: 'joining' },
    participants: [],
    speakers: [],
    published: {},
    mediaConnection: 'connecting',
    captions: {
      enabled: false,
      language: captionLanguage,
      active: false,
      transcript: emptyTranscript,
      troubles: [],
    },
  }
}
