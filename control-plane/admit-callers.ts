import type { Context, MiddlewareHandler } from 'hono'
import { callerOf } from '../shared/caller-address.ts'
import type { Clock } from '../shared/clock.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import { authenticator } from './authenticate.ts'
import { RateLimiter, refuseWhile } from './rate-limiter.ts'
import type { ControlPlaneSettings } from './settings.ts'

declare module 'hono' {
  interface ContextVariableMap {
    caller: Caller
  }
}

/** Who calls `/v1`. */
export type Caller = {
  /** What limits count it by: a key without any part of it, or else an address. */
  readonly name: string
  /** It has a key, or everybody may do everything (`AUTH_MODE=open`). A caller that is not trusted is a guest. */
  readonly trusted: boolean
}

type Admission = {
  readonly settings: ControlPlaneSettings
  readonly clock: Clock
  /** The address a request came from, taken from nothing that a caller can set. */
  readonly addressOf: (c: Context) => string
}

/** What guests may do: what the page does. Reading a room or its transcript also asks for proof of having been there. */
const GUEST_CALLS = [
  /^POST \/v1\/rooms$/,
  /^GET \/v1\/rooms\/[^/]+$/,
  /^POST \/v1\/rooms\/[^/]+\/join$/,
  /^GET \/v1\/rooms\/[^/]+\/transcript$/,
]

/** Admits who may call, at the rate they may. Attempts without a valid key count for the address they come from. */
export function admitCallers({ settings, clock, addressOf }: Admission): MiddlewareHandler {
  const limiter = new RateLimiter(settings.RATE_LIMIT_PER_MINUTE, clock)
  const keyOf = authenticator(settings.API_KEYS)
  const needsNoKey = openCalls(settings.AUTH_MODE)
  return async (c, next) => {
    const key = keyOf(c.req.header('authorization'))
    const name = key ?? `address:${callerOf(addressOf(c))}`
    refuseWhile(c, limiter.admit(name))
    if (key === undefined && !needsNoKey(`${c.req.method} ${c.req.path}`)) {
      c.header('www-authenticate', 'Bearer')
      throw new CallError('unauthorized', 'Send a valid key as `Authorization: Bearer <key>`.')
    }
    c.set('caller', { name, trusted: key !== undefined || settings.AUTH_MODE === 'open' })
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
