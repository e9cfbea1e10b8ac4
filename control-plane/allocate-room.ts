import type { Room } from '../shared/api.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logging.ts'
import {
  type ChoiceReason,
  choiceReasons,
  type KnownNode,
  type RefusalReason,
  type WantedPlace,
} from '../shared/node-registry/node-registry.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import type { NewRoom, RoomStore } from '../shared/room-store/room-store.ts'
import type { HealthProbes } from './health-probes.ts'
import { hostVerdict } from './host-verdict.ts'
import type { MoveCause } from './judge-host.ts'
import type { KnownFleet, Sighting } from './known-fleet.ts'

/** Why a room is where it is: freshly chosen for a reason, kept where it was, or placed by somebody who was faster. */
export const allocationReasons = [...choiceReasons, 'kept', 'lost_race'] as const
export type AllocationReason = (typeof allocationReasons)[number]

export type Placement = {
  readonly room: Room
  readonly node: KnownNode
  readonly reason: AllocationReason
  /** Why it left the media node where it was, when this call moved it. */
  readonly movedBecause?: MoveCause
}

export type AllocationParts = {
  readonly rooms: RoomStore
  readonly fleet: KnownFleet
  readonly probes: HealthProbes
  readonly clock: Clock
  readonly logger: Logger
  /** Effective load from which a media node takes no more rooms. */
  readonly limit: number
  /** Told why a room found no media node. */
  readonly onRefused: (reason: RefusalReason) => void
}

/** A room to be found, for somebody who wants to join it. */
export type AskedRoom = {
  readonly roomId: string
  /** The media node to which the caller's connection broke. */
  readonly lostNodeId?: string | undefined
  /** Asked when the room has to move: whether it counts as load where it goes before it has opened there. */
  readonly isFirm: () => boolean
}

const refusals: Readonly<Record<RefusalReason, string>> = {
  no_media_node: 'No media node is running.',
  all_draining: 'Every media node is being drained.',
  all_full: 'Every media node is full.',
}

/**
 * Places and stores a new room, which counts as load at once if it is `firm`. Of several concurrent calls for one id exactly one succeeds.
 *
 * @throws CallError `room_exists`, `no_capacity` or `unavailable`
 */
export async function createRoom(
  parts: AllocationParts,
  wanted: Omit<NewRoom, 'nodeId'>,
  firm: boolean,
): Promise<Placement> {
  const { node, reason } = await reserve(parts, { ...wanted, firm })
  const { won, room } = await write(parts, node, wanted.roomId, () =>
    parts.rooms.create({ ...wanted, nodeId: node.nodeId }),
  )
  if (!won) throw new CallError('room_exists', 'A room of this id exists.')
  return { room, node, reason }
}

/**
 * Finds the media node of a room, and gives the room another one if its own is gone or draining. Of several concurrent
 * calls exactly one moves the room; the others answer where it went.
 *
 * @throws CallError `room_not_found`, `no_capacity` or `unavailable`
 */
export async function placeRoom(parts: AllocationParts, asked: AskedRoom): Promise<Placement> {
  const { roomId, lostNodeId, isFirm } = asked
  const room = await parts.rooms.read(roomId)
  if (!room) throw new CallError('room_not_found', 'There is no such room.')
  const host = await parts.fleet.find(room.nodeId)
  const moved = (cause: MoveCause) => move(parts, { room, firm: isFirm() }, cause)
  if (!host) return moved('unknown')
  const verdict = await hostVerdict(parts, host, lostNodeId === room.nodeId)
  if (verdict === 'keep') return kept(room, host)
  if (verdict !== 'draining') return moved(verdict)
  return moved(verdict).catch((error: unknown) => {
    // A draining media node is still better than none.
    if (error instanceof CallError && error.code === 'no_capacity') return kept(room, host)
    throw error
  })
}

async function move(
  parts: AllocationParts,
  { room, firm }: { readonly room: Room; readonly firm: boolean },
  cause: MoveCause,
): Promise<Placement> {
  const { roomId, epoch } = room
  const { node, reason } = await reserve(parts, { ...room, firm })
  const { won, room: present } = await write(parts, node, roomId, () =>
    parts.rooms.allocate(roomId, epoch, node.nodeId),
  )
  if (won) {
    if (cause !== 'refused') await tellMoved(parts, room.nodeId, present)
    return { room: present, node, reason, movedBecause: cause }
  }
  const winner = await parts.fleet.find(present.nodeId)
  if (!winner) throw new CallError('unavailable', 'The room is being moved.')
  return { room: present, node: winner.node, reason: 'lost_race' }
}

async function reserve(
  { fleet, limit, logger, onRefused }: AllocationParts,
  { roomId, region, firm }: Omit<WantedPlace, 'limit'>,
): Promise<{ readonly node: KnownNode; readonly reason: ChoiceReason }> {
  const choice = await fleet.reserve({ roomId, region, limit, firm })
  if (choice.node) return choice
  onRefused(choice.reason)
  logger.warn({ reason: choice.reason }, 'no media node takes the room')
  throw new CallError('no_capacity', refusals[choice.reason])
}

/** Writes where a room is, and gives its reservation back if it is not there after all. */
async function write<T extends { readonly room: Room }>(
  { fleet }: AllocationParts,
  reserved: KnownNode,
  roomId: string,
  store: () => Promise<T>,
): Promise<T> {
  let nodeId: string | undefined
  try {
    const written = await store()
    nodeId = written.room.nodeId
    return written
  } finally {
    if (nodeId !== reserved.nodeId) await fleet.release(reserved.nodeId, roomId)
  }
}

/** A media node that is cut off and comes back finds out by itself. */
async function tellMoved(
  { fleet, logger }: AllocationParts,
  oldNodeId: string,
  { roomId, epoch }: Room,
): Promise<void> {
  await fleet.send(oldNodeId, { type: 'room-moved', roomId, epoch }).catch((err: unknown) => {
    logger.warn({ err, nodeId: oldNodeId }, 'a media node was not told that a room moved')
  })
}

function kept(room: Room, { node }: Sighting): Placement {
  return { room, node, reason: 'kept' }
}
