import type { Context, MiddlewareHandler } from 'hono'
import type { Clock } from '../shared/clock.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import { authenticator } from './authenticate.ts'
import { RateLimiter } from './rate-limiter.ts'
import type { ControlPlaneSettings } from './settings.ts'

type Admission = {
  readonly settings: ControlPlaneSettings
  readonly clock: Clock
  /** The address a request came from, taken from nothing that a caller can set. */
  readonly addressOf: (c: Context) => string
}

/** What guests may do: what the page does. */
const GUEST_CALLS = [
  /^POST \/v1\/rooms$/,
  /^GET \/v1\/rooms\/[^/]+$/,
  /^POST \/v1\/rooms\/[^/]+\/join$/,
  /^GET \/v1\/rooms\/[^/]+\/transcript$/,
]

/** Admits who may call, at the rate they may. Attempts without a valid key count for the address they come from. */
export function admitCallers({ settings, clock, addressOf }: Admission): MiddlewareHandler {
  const limiter = new RateLimiter(settings.RATE_LIMIT_PER_MINUTE, clock)
  const callerOf = authenticator(settings.API_KEYS)
  const needsNoKey = openCalls(settings.AUTH_MODE)
  return async (c, next) => {
    const caller = callerOf(c.req.header('authorization'))
    const waitMs = limiter.admit(caller ?? `address:${addressOf(c)}`)
    if (waitMs > 0) {
      c.header('retry-after', `${Math.ceil(waitMs / 1_000)}`)
      throw new CallError('rate_limited', 'Too many requests; try again later.')
    }
    if (caller === undefined && !needsNoKey(`${c.req.method} ${c.req.path}`)) {
      c.header('www-authenticate', 'Bearer')
      throw new CallError('unauthorized', 'Send a valid key as `Authorization: Bearer <key>`.')
    }
    await next()
  }
}

function openCalls(mode: ControlPlaneSettings['AUTH_MODE']): (call: string) => boolean {
  switch (mode) {
    case 'open':
      return () => true
    case 'guests':
      return (call) => GUEST_CALLS.some((open) => open.test(call))
    case 'api-key':
      return () => false
  }
}
