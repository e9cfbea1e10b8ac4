import type { CallState, MediaConnection } from './call-state.ts'
import type { CaptionTroubles } from './captions.ts'
import type { Participants } from './participants.ts'

/** What a call shows of one connection to a media node. */
export type ConnectionState = {
  readonly participants: Participants
  readonly speakers: readonly string[]
  readonly published: CallState['published']
  readonly mediaConnection: MediaConnection
  readonly captionsActive: boolean
  readonly troubles: CaptionTroubles
}

export const newConnection: ConnectionState = {
  participants: [],
  speakers: [],
  published: {},
  mediaConnection: 'connecting',
  captionsActive: false,
  troubles: [],
}
