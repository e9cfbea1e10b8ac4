import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logging.ts'
import type { ParticipantDescription } from '../../shared/protocol/messages.ts'
import type { RoomCloseReason } from './close-reason.ts'
import type { Room } from './room.ts'
import type { SfuMetrics } from './sfu-metrics.ts'

export type RoomOptions = {
  readonly id: string
  readonly epoch: number
  readonly nodeId: string
  /** How long the room stays after its last participant left. */
  readonly emptyTimeoutMs: number
  readonly clock: Clock
  /** Names this room in each line. */
  readonly logger: Logger
  readonly metrics: SfuMetrics
  /** By what whoever opened it is counted. */
  readonly openedBy: string
  readonly maxParticipantsPerCaller: number
  /** @throws CallError `no_capacity` when the media node takes nobody more */
  readonly checkCapacity: () => void
  /** The last participant left. */
  readonly emptied: (room: Room) => void
  readonly closed: (room: Room, reason: RoomCloseReason) => void
}

/** Somebody who is to have a place. */
export type Newcomer = {
  readonly description: ParticipantDescription
  /** The room takes no more than so many. */
  readonly maxParticipants: number
  /** By what they are counted: their address, or its network. */
  readonly caller: string
  /** By which their join can be followed through the logs. */
  readonly traceId?: string | undefined
}
