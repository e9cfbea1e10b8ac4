import type { Room } from '../shared/api.ts'
import type { Clock } from '../shared/clock.ts'
import type { AliveNode } from '../shared/node-registry/node-registry.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import type { NewRoom, RoomStore } from '../shared/room-store/room-store.ts'
import {
  type Choice,
  type ChoiceReason,
  choiceReasons,
  chooseMediaNode,
  type RefusalReason,
} from './choose-media-node.ts'
import type { KnownFleet, Sighting } from './known-fleet.ts'

/** Why a room is where it is: freshly chosen for a reason, kept where it was, or placed by somebody who was faster. */
export const allocationReasons = [...choiceReasons, 'kept', 'lost_race'] as const
export type AllocationReason = (typeof allocationReasons)[number]

export type Placement = { readonly room: Room; readonly node: AliveNode; readonly reason: AllocationReason }

type Stores = { readonly rooms: RoomStore; readonly fleet: KnownFleet; readonly clock: Clock }

const refusals: Readonly<Record<RefusalReason, string>> = {
  no_media_node: 'No media node is running.',
  all_draining: 'Every media node is being drained.',
  all_full: 'Every media node is full.',
}

/**
 * Places and stores a new room. Of several concurrent calls for one id exactly one succeeds.
 *
 * @throws CallError `room_exists`, `no_capacity` or `unavailable`
 */
export async function createRoom(stores: Stores, wanted: Omit<NewRoom, 'nodeId'>): Promise<Placement> {
  const { node, reason } = orRefuse(await choose(stores, wanted.region))
  const { won, room } = await stores.rooms.create({ ...wanted, nodeId: node.nodeId })
  if (!won) throw new CallError('room_exists', 'A room of this id exists.')
  return { room, node, reason }
}

/**
 * Finds the media node of a room, and gives the room another one if its own is gone or draining. Of several concurrent
 * calls exactly one moves the room; the others answer where it went. While the registry is away the room stays.
 *
 * @throws CallError `room_not_found`, `no_capacity` or `unavailable`
 */
export async function placeRoom(stores: Stores, roomId: string): Promise<Placement> {
  const room = await stores.rooms.read(roomId)
  if (!room) throw new CallError('room_not_found', 'There is no such room.')
  const host = await stores.fleet.find(room.nodeId)
  if (host && (host.remembered || !host.node.draining)) return { room, node: host.node, reason: 'kept' }
  return moveRoom(stores, room, host)
}

async function moveRoom(stores: Stores, room: Room, host: Sighting | undefined): Promise<Placement> {
  const choice = await choose(stores, room.region)
  // A draining media node is still better than none.
  if (!choice.node && host) return { room, node: host.node, reason: 'kept' }
  const { node, reason } = orRefuse(choice)
  const { won, room: present } = await stores.rooms.allocate(room.roomId, room.epoch, node.nodeId)
  if (won) return { room: present, node, reason }
  const winner = await stores.fleet.find(present.nodeId)
  if (!winner) throw new CallError('unavailable', 'The room is being moved.')
  return { room: present, node: winner.node, reason: 'lost_race' }
}

async function choose(stores: Stores, region: string | undefined): Promise<Choice> {
  return chooseMediaNode({ fleet: await stores.fleet.alive(), region, now: stores.clock.now() })
}

function orRefuse(choice: Choice): { readonly node: AliveNode; readonly reason: ChoiceReason } {
  if (!choice.node) throw new CallError('no_capacity', refusals[choice.reason])
  return choice
}
