import type { MiddlewareHandler } from 'hono'
import { isLoopback } from '../shared/loopback.ts'
import { CallError } from '../shared/protocol/error-code.ts'

/**
 * Answers only to names of this machine. Where everybody may do everything, a page elsewhere could else give its own name
 * this machine's address (DNS rebinding), and the browser would take the two for one origin.
 */
export function localHostsOnly(): MiddlewareHandler {
  return async (c, next) => {
    if (!isLoopback(new URL(c.req.url).hostname)) {
      throw new CallError(
        'forbidden',
        'AUTH_MODE=open answers only to localhost and loopback addresses; for other names set AUTH_MODE=guests or api-key.',
      )
    }
    await next()
  }
}
