import type { Place } from '../network/network.ts'
import type { ClientView, Inbound, JoinPlan } from './participant/chaos-participant.ts'

/** One participant with the real SDK, wherever it runs. */
export type ChaosClient = {
  readonly name: string
  readonly plan: JoinPlan
  readonly place: Place
  /** Who it was when it joined; it stays the same one until it is told to join again. */
  readonly participantId: string
  /**
   * The media nodes to which it had signalling connections when it was viewed last, as `address:port`. One whose way is
   * gone stays half open for a while; what the media nodes count tells whether there are too many.
   */
  readonly hosts: readonly string[]
  /** Errors that nobody caught, each told once. */
  takeComplaints(): readonly string[]
  /** Joins, or joins anew as somebody else. */
  join(): Promise<void>
  view(): Promise<ClientView>
  inbound(): Promise<readonly Inbound[]>
  forgetGaps(): Promise<void>
}
