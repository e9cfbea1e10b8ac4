import type { Event, Notifications } from '../../shared/protocol/messages.ts'
import type { CloseReason } from './close-reason.ts'

/** The way to a participant's client. Neither call throws or waits, also when the client is gone already. */
export type ParticipantLink = {
  notify<E extends Event>(event: E, data: Notifications[E]): void
  close(reason: CloseReason): void
}
