import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { drainRequest, mediaNode } from '../shared/api.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import type { ControlPlaneParts } from './control-plane-parts.ts'
import type { KnownFleet } from './known-fleet.ts'
import type { DrainCommand } from './metrics.ts'
import { jsonAnswer, jsonBody, problems } from './route-shapes.ts'

const mediaNodes = z.object({ nodes: z.array(mediaNode) })
const params = z.object({ nodeId: z.string().min(1).max(64) })

/** The fleet: to look at, and to drain. */
export function nodeRoutes({ metrics, logger }: ControlPlaneParts, fleet: KnownFleet) {
  async function ask(nodeId: string, command: DrainCommand): Promise<void> {
    if (!(await fleet.find(nodeId))) throw new CallError('not_found', 'There is no such media node.')
    await fleet.send(nodeId, command)
    metrics.drainAsked(command.type)
    logger.info({ nodeId, command }, 'a media node is asked for something')
  }

  return new OpenAPIHono()
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/nodes',
        summary: 'List the media nodes that are alive, ordered by their ids',
        responses: { 200: jsonAnswer(mediaNodes, 'The media nodes'), ...problems },
      }),
      async (c) => c.json({ nodes: [...(await fleet.alive())] }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/nodes/{nodeId}/drain',
        summary: 'Move the rooms of a media node elsewhere, and give it no more',
        request: { params, body: jsonBody(drainRequest) },
        responses: { 202: { description: 'It is told with its next heartbeat' }, ...problems },
      }),
      async (c) => {
        await ask(c.req.valid('param').nodeId, { type: 'drain', ...c.req.valid('json') })
        return c.body(null, 202)
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/v1/nodes/{nodeId}/drain',
        summary: 'Have a media node that is being drained take rooms again',
        request: { params },
        responses: { 202: { description: 'It is told with its next heartbeat' }, ...problems },
      }),
      async (c) => {
        await ask(c.req.valid('param').nodeId, { type: 'cancel-drain' })
        return c.body(null, 202)
      },
    )
}
