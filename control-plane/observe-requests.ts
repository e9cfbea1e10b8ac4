import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Logger } from '../shared/logging.ts'
import type { Metrics } from './metrics.ts'

/** Times and logs every request under the route it matched; the path itself would name rooms. */
export function observeRequests({ logger, metrics }: { logger: Logger; metrics: Metrics }): MiddlewareHandler {
  return async (c, next) => {
    const end = metrics.startRequest()
    await next()
    const route = matchedRoutes(c).findLast(({ path }) => !path.endsWith('*'))
    const name = route ? `${route.method} ${route.path}` : 'unmatched'
    end({ route: name, statusClass: `${Math.floor(c.res.status / 100)}xx` })
    const { requestId, traceId } = c.var
    logger.debug({ requestId, traceId, route: name, status: c.res.status }, 'request answered')
  }
}
