import type { MiddlewareHandler } from 'hono'
import type { Clock } from '../shared/clock.ts'
import { withDeadline } from '../shared/deadline.ts'
import { CallError } from '../shared/protocol/error-code.ts'

/** Answers `request_timeout` when a request is not answered in time; what it was doing may still happen. */
export function limitTime(timeoutMs: number, clock: Clock): MiddlewareHandler {
  const late = () => new CallError('request_timeout', `Not done within ${timeoutMs} ms.`)
  return async (_c, next) => withDeadline(clock, timeoutMs, next(), late)
}
