import type { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import manifest from '../package.json' with { type: 'json' }
import {
  createRoomRequest,
  drainRequest,
  joinAnswer,
  joinRequest,
  mediaNode,
  problem,
  room,
  transcript,
} from '../shared/api.ts'

const components = [createRoomRequest, room, joinRequest, joinAnswer, mediaNode, drainRequest, transcript, problem]

/**
 * The API as an OpenAPI 3.1 document. The components come from zod itself, because the generator lists `exactOptional`
 * properties as required (asteasolutions/zod-to-openapi#363).
 */
export function openApiDocument(app: OpenAPIHono) {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'JBCalling',
      version: manifest.version,
      description: 'Allocates rooms to media nodes and signs join tokens.',
    },
  })
  const schemas = Object.assign({}, ...components.map((schema) => z.toJSONSchema(schema, { io: 'input' }).$defs))
  return { ...document, components: { schemas } }
}
