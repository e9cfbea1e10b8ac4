import { Hono } from 'hono'
import type { Logger } from '../shared/logging.ts'
import type { Metrics } from './metrics.ts'

export type HttpParts = {
  /** Whether new participants may come. */
  readonly ready: () => boolean
  readonly stats: () => Promise<object>
  readonly metrics: Pick<Metrics, 'contentType' | 'text'>
  readonly logger: Logger
}

/** What operators look at; open to everybody, so nothing here names a room or a person. */
export function createHttpApp({ ready, stats, metrics, logger }: HttpParts): Hono {
  let asking: Promise<object> | undefined
  /** The workers are asked once, however many callers wait for the answer. */
  const sharedStats = () => {
    asking ??= stats().finally(() => {
      asking = undefined
    })
    return asking
  }
  return new Hono()
    .get('/health', (c) => c.json({ status: 'ok' }))
    .get('/ready', (c) => c.json({ ready: ready() }, ready() ? 200 : 503))
    .get('/metrics', async (c) => c.text(await metrics.text(), 200, { 'content-type': metrics.contentType }))
    .get('/stats', async (c) => c.json(await sharedStats()))
    .notFound((c) => c.json({ code: 'not_found' }, 404))
    .onError((error, c) => {
      logger.error({ err: error }, 'an HTTP request failed')
      return c.json({ code: 'internal' }, 500)
    })
}
