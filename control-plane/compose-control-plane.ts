import type { OpenAPIHono } from '@hono/zod-openapi'
import { systemClock } from '../shared/clock.ts'
import { tableLocation } from '../shared/dynamodb/dynamodb-settings.ts'
import type { Logger } from '../shared/logging.ts'
import { redisNodeRegistry } from '../shared/node-registry/redis-node-registry.ts'
import { redisLocation } from '../shared/node-registry/redis-settings.ts'
import { dynamoDbRoomStore } from '../shared/room-store/dynamodb-room-store.ts'
import { dynamoDbTranscriptStore } from '../shared/transcript-store/dynamodb-transcript-store.ts'
import { createApp } from './app.ts'
import type { ControlPlaneParts } from './control-plane-parts.ts'
import { httpHealthProbe } from './http-health-probe.ts'
import { createMetrics } from './metrics.ts'
import type { ControlPlaneSettings } from './settings.ts'
import { generateSigningKeys, loadSigningKeys, readSigningKeys, type SigningKeys } from './signing-keys.ts'

export type ControlPlane = {
  readonly app: OpenAPIHono
  /** Closes the connections to the stores; calls under way are rejected. */
  close(): Promise<void>
}

/** Puts the control plane together from its settings, on Redis and DynamoDB. It starts whether or not they answer. */
export async function composeControlPlane(
  given: Pick<ControlPlaneParts, 'settings' | 'logger' | 'addressOf'>,
): Promise<ControlPlane> {
  const { settings, logger } = given
  const signingKeys = await signingKeysOf(settings, logger)
  const metrics = createMetrics()
  const registry = redisNodeRegistry({
    ...redisLocation(settings),
    logger,
    onDropped: metrics.registryDropped,
    onFault: metrics.registryFault,
  })
  const clock = systemClock
  const rooms = dynamoDbRoomStore({ ...tableLocation(settings, settings.ROOMS_TABLE), clock })
  const transcripts = dynamoDbTranscriptStore({ ...tableLocation(settings, settings.TRANSCRIPTS_TABLE), clock })
  const app = createApp({
    ...given,
    clock,
    metrics,
    registry,
    rooms,
    transcripts,
    signingKeys,
    probe: httpHealthProbe,
  })
  return {
    app,
    async close() {
      rooms.close()
      transcripts.close()
      await registry.close()
    },
  }
}

async function signingKeysOf(settings: ControlPlaneSettings, logger: Logger): Promise<SigningKeys> {
  if (settings.SIGNING_KEY !== undefined) return readSigningKeys(settings.SIGNING_KEY)
  if (settings.SIGNING_KEY_FILE !== undefined) return loadSigningKeys(settings.SIGNING_KEY_FILE)
  logger.info('join tokens are signed with a key made for this run, which no other control plane has')
  return readSigningKeys(await generateSigningKeys())
}
