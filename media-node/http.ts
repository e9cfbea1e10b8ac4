import { Hono } from 'hono'
import type { Logger } from '../shared/logging.ts'
import type { Metrics } from './metrics.ts'

export type HttpParts = {
  /** Who answers: a control plane that looks for a media node may find another process at its address. */
  readonly nodeId: string
  /** Whether new participants may come. */
  readonly ready: () => boolean
  readonly stats: () => Promise<object>
  readonly metrics: Pick<Metrics, 'contentType' | 'text'>
  readonly logger: Logger
}

/** What operators look at; open to everybody, so nothing here names a room or a person. */
export function createHttpApp({ nodeId, ready, stats, metrics, logger }: HttpParts): Hono {
  let asking: Promise<object> | undefined
  /** The workers are asked once, however many callers wait for the answer. */
  const sharedStats = () => {
    asking ??= stats().finally(() => {
      asking = undefined
    })
    return asking
  }
  return new Hono()
    .get('/health', (c) => c.json({ status: 'ok', nodeId }))
    .get('/ready', (c) => c.json({ ready: ready() }, ready() ? 200 : 503))
    .get('/metrics', async (c) => c.text(await metrics.text(), 200, { 'content-type': metrics.contentType }))
    .get('/stats', async (c) => c.json(await sharedStats()))
    .notFound((c) => c.json({ code: 'not_found' }, 404))
    .onError((error, c) => {
      logger.error({ err: error }, 'an HTTP request failed')
      return c.json({ code: 'internal' }, 500)
    })
}
