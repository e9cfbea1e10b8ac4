import type { MiddlewareHandler } from 'hono'
import { CallError } from '../shared/protocol/error-code.ts'
import { authenticator } from './authenticate.ts'
import type { ControlPlaneSettings } from './settings.ts'

/**
 * Keeps strangers from what is for operators. A key opens it; so does coming past the proxies, where there are some: only
 * who is inside, as Prometheus is, sends no `X-Forwarded-For`.
 */
export function operatorsOnly({ AUTH_MODE, API_KEYS, PROXY_HOPS }: ControlPlaneSettings): MiddlewareHandler {
  const keyOf = authenticator(API_KEYS)
  return async (c, next) => {
    const isInside = PROXY_HOPS > 0 && c.req.header('x-forwarded-for') === undefined
    if (AUTH_MODE !== 'open' && !isInside && keyOf(c.req.header('authorization')) === undefined) {
      c.header('www-authenticate', 'Bearer')
      throw new CallError('unauthorized', 'Send a valid key as `Authorization: Bearer <key>`.')
    }
    await next()
  }
}
