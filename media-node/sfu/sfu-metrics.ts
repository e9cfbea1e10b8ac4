import type { CloseReason, RoomCloseReason } from './close-reason.ts'
import type { MigrationOutcome, MigrationReason } from './room-migration.ts'

/** What happened to a WebRTC transport: its first packets and its keys came through, its client fell silent, or the keys failed. */
export const transportChanges = ['ice_connected', 'ice_disconnected', 'dtls_connected', 'dtls_failed'] as const
export type TransportChange = (typeof transportChanges)[number]

export const mediaProtocols = ['udp', 'tcp'] as const
export type MediaProtocol = (typeof mediaProtocols)[number]

/** Where the media plane reports what happens. Every value is from a closed list. */
export type SfuMetrics = {
  roomOpened(): void
  roomClosed(reason: RoomCloseReason): void
  /** A room turned out to be another media node's. */
  roomMoved(): void
  migrated(reason: MigrationReason, outcome: MigrationOutcome): void
  participantCame(): void
  participantLeft(reason: CloseReason): void
  transportChanged(change: TransportChange): void
  /** A transport has its keys, and media may flow by this protocol. */
  mediaConnected(protocol: MediaProtocol): void
  /** A media worker died of what a participant sent. */
  workerKilled(): void
  /** A room was closed because its participants had killed media workers again. */
  roomBanned(): void
  /** A media worker gave up so many packets, requests or timers that made it throw. */
  workerGaveUp(count: number): void
}
