import type { CloseReason } from './close-reason.ts'
import type { Participant } from './participant.ts'
import type { SourceProducer } from './producers.ts'

/**
 * Whoever follows a room from within the media node. The calls come in the order of what happened; when a participant
 * goes, their producers close first.
 */
export type RoomObserver = {
  participantJoined(participant: Participant): void
  participantLeft(participant: Participant, reason: CloseReason): void
  /** They speak another language, or their speech may be tapped or no longer. */
  participantChanged(participant: Participant): void
  producerCreated(producer: SourceProducer, participant: Participant): void
  producerClosed(producer: SourceProducer, participant: Participant): void
  closed(): void
}
