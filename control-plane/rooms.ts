import { randomUUID } from 'node:crypto'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { createRoomRequest, joinAnswer, joinRequest, type Room, room, roomId } from '../shared/api.ts'
import { callerOf } from '../shared/caller-address.ts'
import { loggedRoom } from '../shared/logging.ts'
import type { NodeCommand } from '../shared/node-registry/node-registry.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import {
  type JoinGrant,
  localKeys,
  readRejoinToken,
  signJoinToken,
  signRejoinToken,
  TOKEN_TTL_SECONDS,
} from '../shared/token.ts'
import { createRoom, type Placement, placeRoom } from './allocate-room.ts'
import { authenticator } from './authenticate.ts'
import type { ControlPlaneParts } from './control-plane-parts.ts'
import { HealthProbes } from './health-probes.ts'
import { iceServersFor } from './ice-servers.ts'
import type { KnownFleet } from './known-fleet.ts'
import { newRoomId } from './new-room-id.ts'
import { jsonAnswer, jsonBody, problems } from './route-shapes.ts'

const params = z.object({ roomId })

/** What the lines of one request can be found by. */
type RequestIds = { readonly requestId: string; readonly traceId: string }

/** Making, reading, closing and joining rooms. */
export function roomRoutes(parts: ControlPlaneParts, fleet: KnownFleet) {
  const { rooms, clock, logger, metrics, signingKeys, settings } = parts
  const allocation = {
    rooms,
    fleet,
    probes: new HealthProbes({ probe: parts.probe, clock, onAnswer: metrics.probed }),
    clock,
    logger,
    limit: settings.MAX_NODE_LOAD,
    onRefused: metrics.placementRefused,
  }
  const keys = localKeys(signingKeys.jwks)
  const keyHolder = authenticator(settings.API_KEYS)
  /** Who counts as the caller of a join: behind a server with a key, whose address is everybody's, each participant. */
  const callerFor = (c: Context, participantId: string) =>
    keyHolder(c.req.header('authorization')) === undefined ? callerOf(parts.addressOf(c)) : participantId

  const placed = ({ room: { roomId, nodeId, epoch }, reason, movedBecause }: Placement, ids: RequestIds) => {
    metrics.allocated(reason)
    if (movedBecause !== undefined) metrics.reallocated(movedBecause)
    const room = loggedRoom(roomId)
    if (reason !== 'kept') logger.info({ ...ids, room, nodeId, epoch, reason, movedBecause }, 'room allocated')
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
        const placement = await createRoom(allocation, wanted)
        placed(placement, idsOf(c))
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
        await closeRoom(parts, fleet, c.req.valid('param').roomId)
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
        const { roomId } = c.req.valid('param')
        const asked = c.req.valid('json')
        const participantId = await participantOf(roomId, asked.rejoinToken)
        const placement = await placeRoom(allocation, roomId, asked.lostNodeId)
        const ids = idsOf(c)
        placed(placement, ids)
        const grant = { ...joinGrant(placement.room, participantId, asked, clock.now()), traceId: ids.traceId }
        const [token, rejoinToken] = await Promise.all([
          signJoinToken(signingKeys.current, grant),
          signRejoinToken(signingKeys.current, grant, clock.now()),
          touch(parts, roomId),
        ])
        const { nodeId, epoch, expiresAt } = grant
        const { url } = placement.node
        logger.info(
          { ...ids, room: loggedRoom(roomId), participantId, nodeId, epoch },
          'participant sent to a media node',
        )
        const caller = callerFor(c, participantId)
        const iceServers = iceServersFor(settings, { roomId, caller }, clock.now())
        return c.json({ token, url, nodeId, epoch, participantId, rejoinToken, expiresAt, iceServers }, 200)
      },
    )

  /** Who comes back is who they were; a rejoin token that is too old makes them somebody new. */
  async function participantOf(roomId: string, rejoinToken: string | undefined): Promise<string> {
    const before =
      rejoinToken === undefined ? undefined : await readRejoinToken(rejoinToken, { keys, now: clock.now() })
    if (before === undefined) return randomUUID()
    if (before.roomId !== roomId) throw new CallError('token_invalid', 'The rejoin token is for another room.')
    return before.participantId
  }
}

function idsOf(c: Context): RequestIds {
  return { requestId: c.get('requestId'), traceId: c.get('traceId') }
}

function joinGrant(room: Room, participantId: string, asked: z.infer<typeof joinRequest>, now: number): JoinGrant {
  return {
    tokenId: randomUUID(),
    nodeId: room.nodeId,
    roomId: room.roomId,
    epoch: room.epoch,
    participantId,
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
async function closeRoom({ rooms }: ControlPlaneParts, fleet: KnownFleet, roomId: string): Promise<void> {
  const known = await rooms.read(roomId)
  if (!known) throw new CallError('room_not_found', 'There is no such room.')
  await fleet.send(known.nodeId, closing(known))
  const removed = await rooms.remove(roomId)
  if (removed && removed.epoch !== known.epoch) await fleet.send(removed.nodeId, closing(removed))
}

function closing({ roomId, epoch }: Room): NodeCommand {
  return { type: 'close-room', roomId, epoch }
}
