import { type Hook, OpenAPIHono } from '@hono/zod-openapi'
import type { Env, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { requestId } from 'hono/request-id'
import { CallError } from '../shared/protocol/error-code.ts'
import { admitCallers } from './admit-callers.ts'
import type { ControlPlaneParts } from './control-plane-parts.ts'
import { GuestLimits } from './guest-limits.ts'
import { handleError } from './handle-error.ts'
import { KnownFleet } from './known-fleet.ts'
import { limitTime } from './limit-time.ts'
import { localHostsOnly } from './local-hosts.ts'
import { nodeRoutes } from './nodes.ts'
import { observeRequests } from './observe-requests.ts'
import { openApiDocument } from './openapi-document.ts'
import { operationRoutes } from './operations.ts'
import { operatorsOnly } from './operators-only.ts'
import { roomProof } from './room-proof.ts'
import { roomRoutes } from './rooms.ts'
import { routeSource } from './route-source.ts'
import { secureAnswers } from './secure-answers.ts'
import { traceRequests } from './trace-requests.ts'
import { transcriptRoutes } from './transcripts/transcript-routes.ts'

const MAX_REQUEST_ID_LENGTH = 64
const PREFLIGHT_MAX_AGE_SECONDS = 600

/** The control plane as a value: it listens nowhere and owns nothing. */
export function createApp(parts: ControlPlaneParts): OpenAPIHono {
  const { clock, settings } = parts
  const fleet = new KnownFleet(parts.registry, clock)
  const app = new OpenAPIHono({ defaultHook: refuseInvalid })
  app.onError(handleError(parts))
  app.notFound(() => {
    throw new CallError('not_found', 'There is nothing here.')
  })
  app.use(
    requestId({ limitLength: MAX_REQUEST_ID_LENGTH }),
    traceRequests(),
    observeRequests(parts),
    secureAnswers(settings),
  )
  if (settings.AUTH_MODE === 'open') app.use(localHostsOnly())
  if (settings.CORS_ORIGINS.length > 0) app.use(crossOrigin(settings.CORS_ORIGINS))
  app.use(limitTime(settings.REQUEST_TIMEOUT_MS, clock))
  app.use(bodyLimit({ maxSize: settings.BODY_LIMIT_BYTES, onError: refuseBody }))
  app.use('/v1/*', forNoCache, admitCallers(parts))
  for (const path of ['/metrics', '/stats']) app.use(path, forNoCache, operatorsOnly(settings))
  const limits = new GuestLimits(settings, clock)
  const proof = roomProof({ ...parts, limits })
  app.route('/', roomRoutes(parts, { fleet, limits, proof })).route('/', transcriptRoutes(parts, proof))
  app.route('/', nodeRoutes(parts, fleet)).route('/', routeSource(fleet)).route('/', operationRoutes(parts, fleet))
  let document: ReturnType<typeof openApiDocument> | undefined
  app.get('/openapi.json', (c) => {
    // Made when it is asked for: it would lengthen every start of a Lambda.
    document ??= openApiDocument(app)
    return c.json(document)
  })
  return app
}

/** Answers hold tokens, and what people said. */
const forNoCache: MiddlewareHandler = async (c, next) => {
  c.header('cache-control', 'no-store')
  await next()
}

function crossOrigin(origins: readonly string[]) {
  return cors({
    origin: [...origins],
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: ['authorization', 'content-type', 'x-request-id', 'traceparent'],
    exposeHeaders: ['x-request-id', 'traceparent', 'retry-after'],
    maxAge: PREFLIGHT_MAX_AGE_SECONDS,
  })
}

function refuseBody(): never {
  throw new CallError('payload_too_large', 'The request body is too large.')
}

const refuseInvalid: Hook<unknown, Env, string, void> = (result) => {
  if (result.success) return
  const problems = result.error.issues.map(({ path, message }) => [...path, message].join(': '))
  throw new CallError('bad_request', problems.join('; '))
}
