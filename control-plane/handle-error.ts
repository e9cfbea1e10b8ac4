import type { ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Logger } from '../shared/logging.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import type { Metrics } from './metrics.ts'
import { problemAnswer } from './problem-answer.ts'

/** Turns whatever was thrown into an answer. What is not a `CallError` is a bug: logged with its stack, never echoed. */
export function handleError({ logger, metrics }: { logger: Logger; metrics: Metrics }): ErrorHandler {
  return (thrown, c) => {
    const error = asCallError(thrown)
    const ids = { requestId: c.get('requestId'), traceId: c.get('traceId') }
    metrics.refused(error.code)
    if (error.code === 'internal') logger.error({ err: thrown, ...ids }, 'request failed')
    if (error.code === 'unavailable') logger.warn({ err: error.cause, ...ids }, error.message)
    return problemAnswer(c, error)
  }
}

function asCallError(thrown: Error): CallError {
  if (thrown instanceof CallError) return thrown
  // Hono's own refusals: a malformed body, or one that is not JSON.
  if (thrown instanceof HTTPException && thrown.status < 500) return new CallError('bad_request', thrown.message)
  // Nobody is there any more to be answered: whoever sent the body broke it off.
  if ('code' in thrown && thrown.code === 'ECONNRESET') return new CallError('bad_request', 'The body broke off.')
  return new CallError('internal', 'The request id names it in the logs.', { cause: thrown })
}
