import type { MiddlewareHandler } from 'hono'
import type { Clock } from '../shared/clock.ts'
import { CallError } from '../shared/protocol/error-code.ts'

/** Answers `request_timeout` when a request is not answered in time; what it was doing may still happen. */
export function limitTime(timeoutMs: number, clock: Clock): MiddlewareHandler {
  return async (_c, next) => {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const cancel = clock.after(timeoutMs, () => {
      reject(new CallError('request_timeout', `Not done within ${timeoutMs} ms.`))
    })
    try {
      await Promise.race([next(), late])
    } finally {
      cancel()
    }
  }
}
