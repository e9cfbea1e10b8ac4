import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { mediaNode } from '../shared/api.ts'
import type { ControlPlaneParts } from './control-plane-parts.ts'
import { jsonAnswer, problems } from './route-shapes.ts'

const mediaNodes = z.object({ nodes: z.array(mediaNode) })

/** The fleet, to look at. */
export function nodeRoutes({ registry }: ControlPlaneParts) {
  return new OpenAPIHono().openapi(
    createRoute({
      method: 'get',
      path: '/v1/nodes',
      summary: 'List the media nodes that are alive, ordered by their ids',
      responses: { 200: jsonAnswer(mediaNodes, 'The media nodes'), ...problems },
    }),
    async (c) => c.json({ nodes: [...(await registry.alive())] }, 200),
  )
}
