import { OpenAPIHono } from '@hono/zod-openapi'
import { CallError } from '../shared/protocol/error-code.ts'
import type { KnownFleet } from './known-fleet.ts'
import { type NodeRoutes, nodeRoutesDocument } from './node-routes-document.ts'

/**
 * `GET /v1/nodes/routes` for Traefik's HTTP provider. While the registry is away the routes stay as they were: Traefik
 * waits longer and longer after each failure, and running calls have nothing to do with it.
 */
export function routeSource(fleet: Pick<KnownFleet, 'alive'>) {
  let known: NodeRoutes | undefined
  return new OpenAPIHono().get('/v1/nodes/routes', async (c) => {
    try {
      known = nodeRoutesDocument(await fleet.alive())
    } catch (error) {
      if (known === undefined || !(error instanceof CallError) || error.code !== 'unavailable') throw error
    }
    return c.json(known)
  })
}
