import { randomBytes } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { continueTrace, readTraceparent, writeTraceparent } from '../shared/protocol/trace-context.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** By which what a request brought about can be followed through all logs. */
    traceId: string
  }
}

/** Takes part in the caller's trace, or begins one, and answers which. */
export function traceRequests(): MiddlewareHandler {
  return async (c, next) => {
    const trace = continueTrace(readTraceparent(c.req.header('traceparent')), randomBytes)
    c.set('traceId', trace.traceId)
    c.header('traceparent', writeTraceparent(trace))
    await next()
  }
}
