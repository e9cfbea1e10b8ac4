import type { Event, Notifications } from '../../shared/protocol/messages.ts'
import type { CloseReason } from './close-reason.ts'

/** What a room says to whom it lets in; how to come back to it is the link's to add. */
export type Greeting = Omit<Notifications['welcome'], 'resumeToken' | 'resumeWindowMs'>

/** The way to a participant's client. No call throws or waits, also when the client is gone already. */
export type ParticipantLink = {
  greet(greeting: Greeting): void
  notify<E extends Event>(event: E, data: Notifications[E]): void
  close(reason: CloseReason): void
}
