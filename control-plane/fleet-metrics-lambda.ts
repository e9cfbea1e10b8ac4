import { z } from 'zod'
import { createLogger } from '../shared/logging.ts'
import { redisNodeRegistry } from '../shared/node-registry/redis-node-registry.ts'
import { redisLocation, redisSettings } from '../shared/node-registry/redis-settings.ts'
import { readSettings } from '../shared/settings.ts'
import { fleetMetricsLine } from './fleet-metrics.ts'

const settings = readSettings(z.object({ ...redisSettings, STAGE: z.string().min(1) }), process.env)
const logger = createLogger({ name: 'fleet-metrics', level: 'error' })
const registry = redisNodeRegistry({ ...redisLocation(settings), logger })

/** AWS Lambda's entry that a schedule calls: reads the fleet from the registry and writes its metrics to the log. */
export async function handler(): Promise<void> {
  const nodes = await registry.alive()
  process.stdout.write(`${fleetMetricsLine(nodes, { stage: settings.STAGE, now: Date.now() })}\n`)
}
