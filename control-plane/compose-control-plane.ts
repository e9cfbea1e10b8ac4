import type { OpenAPIHono } from '@hono/zod-openapi'
import { systemClock } from '../shared/clock.ts'
import type { Logger } from '../shared/logging.ts'
import { redisNodeRegistry } from '../shared/node-registry/redis-node-registry.ts'
import { dynamoDbRoomStore } from '../shared/room-store/dynamodb-room-store.ts'
import { createApp } from './app.ts'
import type { ControlPlaneParts } from './control-plane-parts.ts'
import { createMetrics } from './metrics.ts'
import type { ControlPlaneSettings } from './settings.ts'
import { generateSigningKeys, loadSigningKeys, readSigningKeys, type SigningKeys } from './signing-keys.ts'

/** An endpoint of our own, such as the embedded one, takes any credentials but wants some. */
const ANY_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }

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
  const registry = redisNodeRegistry({ url: settings.REDIS_URL, logger, onDropped: metrics.registryDropped })
  const rooms = dynamoDbRoomStore({ ...tableOf(settings), clock: systemClock })
  const app = createApp({ ...given, clock: systemClock, metrics, registry, rooms, signingKeys })
  return {
    app,
    async close() {
      rooms.close()
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

function tableOf(settings: ControlPlaneSettings) {
  const { DYNAMODB_ENDPOINT, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ROOMS_TABLE } = settings
  const place = { region: AWS_REGION, table: ROOMS_TABLE }
  if (DYNAMODB_ENDPOINT === undefined) return place
  const given = AWS_ACCESS_KEY_ID !== undefined && AWS_SECRET_ACCESS_KEY !== undefined
  const credentials = given
    ? { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
    : ANY_CREDENTIALS
  return { ...place, endpoint: DYNAMODB_ENDPOINT, credentials }
}
