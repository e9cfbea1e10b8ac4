import { systemClock } from '../shared/clock.ts'
import { tableLocation } from '../shared/dynamodb/dynamodb-settings.ts'
import { createLogger } from '../shared/logging.ts'
import { redisNodeRegistry } from '../shared/node-registry/redis-node-registry.ts'
import { redisLocation } from '../shared/node-registry/redis-settings.ts'
import { dynamoDbRoomStore } from '../shared/room-store/dynamodb-room-store.ts'
import { readSettings, SettingsError } from '../shared/settings.ts'
import { remoteKeys, verifyJoinToken } from '../shared/token.ts'
import { startStandIn } from './heartbeat-stand-in.ts'
import { MediaNode } from './media-node.ts'
import { createMetrics } from './metrics.ts'
import { mediaNodeSettings } from './settings.ts'

try {
  const settings = readSettings(mediaNodeSettings, process.env)
  const logger = createLogger({ name: 'media-node', level: settings.LOG_LEVEL })
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'a promise failed that nobody waits for')
    process.exit(1)
  })
  const keys = remoteKeys(settings.JWKS_URL)
  const metrics = createMetrics()
  const registry = redisNodeRegistry({ ...redisLocation(settings), logger, onFault: metrics.registryFault })
  const roomStore = dynamoDbRoomStore({ ...tableLocation(settings, settings.ROOMS_TABLE), clock: systemClock })
  const node = await MediaNode.start({
    settings,
    registry,
    metrics,
    roomStore,
    authorise: (token, nodeId) => verifyJoinToken(token, { keys, nodeId, now: systemClock.now() }),
    startStandIn: (nodeId) => startStandIn({ redis: redisLocation(settings), nodeId, logger }),
    clock: systemClock,
    logger,
  })
  logger.info(
    { nodeId: node.nodeId, port: node.port, metricsPort: node.metricsPort },
    'the media node takes participants',
  )

  let stopping = false
  const stop = async (drainSeconds: number) => {
    if (stopping) process.exit(1)
    stopping = true
    logger.info('stopping; a second signal stops at once')
    if (drainSeconds > 0) logger.info({ ended: await node.retire(drainSeconds * 1_000) }, 'drained')
    systemClock.after(settings.STOP_DEADLINE_MS, () => {
      logger.error('the stop took too long')
      process.exit(1)
    })
    await node.close()
    await registry.close()
    roomStore.close()
    logger.info('stopped')
    process.exit(0)
  }
  process.on('SIGTERM', () => stop(settings.DRAIN_DEADLINE_SECONDS))
  process.on('SIGINT', () => stop(0))
} catch (error) {
  process.stderr.write(error instanceof SettingsError ? `${error.message}\n` : `${String(error)}\n`)
  process.exit(1)
}
