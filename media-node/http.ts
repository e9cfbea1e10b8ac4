import { Hono } from 'hono'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logging.ts'
import { sharedFor } from '../shared/shared-answer.ts'
import type { RegistryState } from './heartbeat.ts'

/** One answer is computed in so long, however many ask. */
const COMPUTED_EVERY_MS = 1_000

export type PublicParts = {
  /** Who answers: a control plane that looks for a media node may find another process at its address. */
  readonly nodeId: string
  /** Whether new participants may come. */
  readonly ready: () => boolean
  /** Whether the registry hears of this media node, which calls do not need. */
  readonly registry: () => RegistryState
  readonly logger: Logger
}

/** What everybody may ask at the port of signalling; it costs next to nothing. */
export function createPublicApp({ nodeId, ready, registry, logger }: PublicParts): Hono {
  return withFailures(logger)
    .get('/health', (c) => c.json({ status: 'ok', nodeId }))
    .get('/ready', (c) => c.json({ ready: ready(), registry: registry() }, ready() ? 200 : 503))
}

export type OperatorParts = {
  readonly stats: () => Promise<object>
  readonly metrics: () => Promise<string>
  readonly metricsType: string
  readonly clock: Clock
  readonly logger: Logger
}

/** What operators look at, on a port of its own. Nothing here names a room or a person. */
export function createOperatorApp({ stats, metrics, metricsType, clock, logger }: OperatorParts): Hono {
  const shownStats = sharedFor(COMPUTED_EVERY_MS, clock, async () => JSON.stringify(await stats()))
  const shownMetrics = sharedFor(COMPUTED_EVERY_MS, clock, metrics)
  return withFailures(logger)
    .get('/metrics', async (c) => c.text(await shownMetrics(), 200, { 'content-type': metricsType }))
    .get('/stats', async (c) => c.text(await shownStats(), 200, { 'content-type': 'application/json' }))
}

function withFailures(logger: Logger): Hono {
  return new Hono()
    .notFound((c) => c.json({ code: 'not_found' }, 404))
    .onError((error, c) => {
      logger.error({ err: error }, 'an HTTP request failed')
      return c.json({ code: 'internal' }, 500)
    })
}
