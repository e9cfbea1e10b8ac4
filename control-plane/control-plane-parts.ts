import type { Context } from 'hono'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logging.ts'
import type { FleetRegistry } from '../shared/node-registry/node-registry.ts'
import type { RoomStore } from '../shared/room-store/room-store.ts'
import type { TranscriptStore } from '../shared/transcript-store/transcript-store.ts'
import type { HealthProbe } from './health-probes.ts'
import type { Metrics } from './metrics.ts'
import type { ControlPlaneSettings } from './settings.ts'
import type { SigningKeys } from './signing-keys.ts'

/** What the app is made of. Whoever made these closes them. */
export type ControlPlaneParts = {
  readonly rooms: RoomStore
  readonly transcripts: TranscriptStore
  readonly registry: FleetRegistry
  /** Asks a media node whether it lives. */
  readonly probe: HealthProbe
  readonly signingKeys: SigningKeys
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly settings: ControlPlaneSettings
  /** The address a request came from, taken from nothing that a caller can set. */
  readonly addressOf: (c: Context) => string
}
