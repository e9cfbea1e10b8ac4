import { randomUUID } from 'node:crypto'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { createRoomRequest, joinAnswer, joinRequest, type Room, room, roomId } from '../shared/api.ts'
import type { NodeCommand } from '../shared/node-registry/node-registry.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import { type JoinGrant, signJoinToken, TOKEN_TTL_SECONDS } from '../shared/token.ts'
import { createRoom, type Placement, placeRoom } from './allocate-room.ts'
import type { ControlPlaneParts } from './control-plane-parts.ts'
import { KnownFleet } from './known-fleet.ts'
import { newRoomId } from './new-room-id.ts'
import { jsonAnswer, jsonBody, problems } from './route-shapes.ts'

const params = z.object({ roomId })

/** Making, reading, closing and joining rooms. */
export function roomRoutes(parts: ControlPlaneParts) {
  const { rooms, registry, clock, logger, metrics, signingKeys } = parts
  const stores = { rooms, fleet: new KnownFleet(registry, clock), clock }

  const placed = ({ room: { roomId, nodeId, epoch }, reason }: Placement) => {
    metrics.allocated(reason)
    if (reason !== 'kept') logger.info({ roomId, nodeId, epoch, reason }, 'room allocated')
  }

  return new OpenAPIHono()
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/rooms',
        summary: 'Create a room and choose its media node',
        request: { body: jsonBody(createRoomRequest) },
        responses: { 201: jsonAnswer(room, 'The new room'), ...problems },
      }),
      async (c) => {
        const wanted = { roomId: newRoomId(), ...c.req.valid('json'), createdAt: clock.now() }
        const placement = await createRoom(stores, wanted)
        placed(placement)
        return c.json(placement.room, 201)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/v1/rooms/{roomId}',
        summary: 'Read a room',
        request: { params },
        responses: { 200: jsonAnswer(room, 'The room'), ...problems },
      }),
      async (c) => {
        const found = await rooms.read(c.req.valid('param').roomId)
        if (!found) throw new CallError('room_not_found', 'There is no such room.')
        return c.json(found, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/v1/rooms/{roomId}',
        summary: 'Close a room; its participants are told `room_closed`',
        request: { params },
        responses: { 204: { description: 'The room is closed' }, ...problems },
      }),
      async (c) => {
        await closeRoom(parts, c.req.valid('param').roomId)
        return c.body(null, 204)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/rooms/{roomId}/join',
        summary: 'Get a join token for a room, and the media node to use it at',
        request: { params, body: jsonBody(joinRequest) },
        responses: { 200: jsonAnswer(joinAnswer, 'Where and with what to connect'), ...problems },
      }),
      async (c) => {
        const placement = await placeRoom(stores, c.req.valid('param').roomId)
        placed(placement)
        const grant = joinGrant(placement.room, c.req.valid('json'), clock.now())
        const [token] = await Promise.all([signJoinToken(signingKeys.current, grant), touch(parts, grant.roomId)])
        const { nodeId, epoch, participantId, expiresAt } = grant
        const { url } = placement.node
        return c.json({ token, url, nodeId, epoch, participantId, expiresAt, iceServers: [] }, 200)
      },
    )
}

function joinGrant(room: Room, asked: z.infer<typeof joinRequest>, now: number): JoinGrant {
  return {
    tokenId: randomUUID(),
    nodeId: room.nodeId,
    roomId: room.roomId,
    epoch: room.epoch,
    participantId: randomUUID(),
    displayName: asked.displayName,
    language: asked.language,
    maxParticipants: room.maxParticipants,
    emptyTimeoutSeconds: room.emptyTimeoutSeconds,
    expiresAt: (Math.floor(now / 1_000) + TOKEN_TTL_SECONDS) * 1_000,
  }
}

/** A join does not fail because the room's expiry could not be pushed. */
async function touch({ rooms, logger }: ControlPlaneParts, roomId: string): Promise<void> {
  await rooms.touch(roomId).catch((err: unknown) => logger.warn({ err }, 'the expiry of a room was not pushed'))
}

/** Tells the media node first: a call that fails half-way can be made again, and the store still knows whom to tell. */
async function closeRoom({ rooms, registry }: ControlPlaneParts, roomId: string): Promise<void> {
  const known = await rooms.read(roomId)
  if (!known) throw new CallError('room_not_found', 'There is no such room.')
  await registry.send(known.nodeId, closing(known))
  const removed = await rooms.remove(roomId)
  if (removed && removed.epoch !== known.epoch) await registry.send(removed.nodeId, closing(removed))
}

function closing({ roomId, epoch }: Room): NodeCommand {
  return { type: 'close-room', roomId, epoch }
}
