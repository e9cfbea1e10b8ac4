import { randomUUID } from 'node:crypto'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { createRoomRequest, joinAnswer, joinRequest, type Room, room, roomId } from '../shared/api.ts'
import { loggedRoom } from '../shared/logging.ts'
import type { NodeCommand } from '../shared/node-registry/node-registry.ts'
import { CallError, type ErrorCode } from '../shared/protocol/error-code.ts'
import { newRoomId } from '../shared/protocol/new-room-id.ts'
import {
  type JoinGrant,
  localKeys,
  type RejoinGrant,
  readRejoinToken,
  signJoinToken,
  signRejoinToken,
  TOKEN_TTL_SECONDS,
} from '../shared/token.ts'
import { createRoom, type Placement, placeRoom } from './allocate-room.ts'
import type { ControlPlaneParts } from './control-plane-parts.ts'
import type { GuestLimits } from './guest-limits.ts'
import { HealthProbes } from './health-probes.ts'
import { iceServersFor } from './ice-servers.ts'
import type { KnownFleet } from './known-fleet.ts'
import type { roomProof } from './room-proof.ts'
import { jsonAnswer, jsonBody, problems } from './route-shapes.ts'
import { removeTranscript } from './transcripts/remove-transcript.ts'

const params = z.object({ roomId })

const closingQuery = z.object({
  transcript: z.enum(['keep', 'delete']).default('keep').meta({
    description: '`delete` also removes what was said in it, and in the rooms before it of that name',
  }),
})

const joiningQuery = z.object({
  ifAbsent: z.enum(['fail', 'create']).default('fail').meta({
    description:
      '`create` makes a room with the default settings when there is none of this id; whoever makes it at the same time joins the same room',
  }),
})

/** What the lines of one request can be found by. */
type RequestIds = { readonly requestId: string; readonly traceId: string }

type RoomRouteParts = {
  readonly fleet: KnownFleet
  readonly limits: GuestLimits
  readonly proof: ReturnType<typeof roomProof>
}

/** Making, reading, closing and joining rooms. */
export function roomRoutes(parts: ControlPlaneParts, { fleet, limits, proof }: RoomRouteParts) {
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
        const placement = await make(c, c.req.valid('json'))
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
        const { roomId } = c.req.valid('param')
        const proven = await proof(c, roomId)
        const found = await rooms.read(roomId)
        if (!found || (proven && proven.createdAt !== found.createdAt))
          throw new CallError('room_not_found', 'There is no such room.')
        return c.json(found, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/v1/rooms/{roomId}',
        summary: 'Close a room; its participants are told `room_closed`',
        request: { params, query: closingQuery },
        responses: { 204: { description: 'The room is closed' }, ...problems },
      }),
      async (c) => {
        const { roomId } = c.req.valid('param')
        await closeRoom(parts, fleet, roomId)
        if (c.req.valid('query').transcript === 'delete') await removeTranscript(parts, roomId)
        return c.body(null, 204)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/v1/rooms/{roomId}/join',
        summary: 'Get a join token for a room, and the media node to use it at',
        request: { params, query: joiningQuery, body: jsonBody(joinRequest) },
        responses: { 200: jsonAnswer(joinAnswer, 'Where and with what to connect'), ...problems },
      }),
      async (c) => {
        const { roomId } = c.req.valid('param')
        const asked = c.req.valid('json')
        const before = await wasHere(c, roomId, asked.rejoinToken)
        const sought = { roomId, lostNodeId: asked.lostNodeId, isFirm: () => limits.countsMove(c) }
        const place = () => placeRoom(allocation, sought)
        const find = () => (before ? place() : limits.tryName(c, place))
        const placement =
          c.req.valid('query').ifAbsent === 'create'
            ? await instead(find, 'room_not_found', () =>
                instead(() => make(c, createRoomRequest.parse({ roomId })), 'room_exists', place),
              )
            : await find()
        const participantId = participantOf(placement.room, before)
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
        // The address of a server with a key is everybody's, so each participant counts alone.
        const caller = c.var.caller.trusted ? participantId : c.var.caller.name
        const iceServers = iceServersFor(settings, { roomId, caller }, clock.now())
        return c.json({ token, url, nodeId, epoch, participantId, rejoinToken, expiresAt, iceServers }, 200)
      },
    )

  /** Makes a room for a caller, as far as their limits go. */
  function make(c: Context, asked: z.output<typeof createRoomRequest>): Promise<Placement> {
    const wanted = { roomId: newRoomId(), ...asked, createdAt: clock.now() }
    limits.makeRoom(c, wanted)
    return createRoom(allocation, wanted, c.var.caller.trusted)
  }

  /** Who somebody was in a room of this name; undefined without a rejoin token, or when it is too old. */
  async function wasHere(c: Context, roomId: string, token: string | undefined): Promise<RejoinGrant | undefined> {
    const before = token === undefined ? undefined : await readRejoinToken(token, { keys, now: clock.now() })
    if (before === undefined || before.roomId === roomId) return before
    limits.missed(c)
    throw new CallError('token_invalid', 'The rejoin token is for another room.')
  }
}

/** Tries the second way where the first ends with an error of this code. */
async function instead<T>(first: () => Promise<T>, code: ErrorCode, second: () => Promise<T>): Promise<T> {
  try {
    return await first()
  } catch (error) {
    if (error instanceof CallError && error.code === code) return second()
    throw error
  }
}

/** Who comes back to a room is who they were there; in a later room of its name they are somebody new. */
function participantOf({ createdAt }: Room, before: RejoinGrant | undefined): string {
  const isSameRoom = before !== undefined && (before.createdAt ?? createdAt) === createdAt
  return isSameRoom ? before.participantId : randomUUID()
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
    createdAt: room.createdAt,
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
