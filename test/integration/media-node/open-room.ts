import type { Room } from '../../../media-node/sfu/room.ts'
import { type RoomLimits, Rooms } from '../../../media-node/sfu/rooms.ts'
import type { RouterHome } from '../../../media-node/sfu/worker-pool.ts'
import { createLogger } from '../../../shared/logging.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { noSfuMetrics } from './no-sfu-metrics.ts'

/** As much as any test does. */
export const noRoomLimits: RoomLimits = {
  maxRooms: 1_000,
  maxParticipants: 1_000,
  maxParticipantsPerCallerAndRoom: 1_000,
  maxEmptyRoomsPerCaller: 1_000,
  maxEmptyMs: 86_400_000,
}

export type OpenRoomOptions = {
  readonly createRouter: () => Promise<RouterHome>
  readonly opened?: (room: Room) => void
}

/** A room called `room` without a media node around it; closing `rooms` closes it. */
export async function openRoom(options: OpenRoomOptions): Promise<{ rooms: Rooms; room: Room }> {
  const clock = new SettableClock()
  const rooms = new Rooms({
    nodeId: 'node',
    limits: noRoomLimits,
    metrics: noSfuMetrics,
    clock,
    logger: createLogger({ name: 'test', level: 'silent' }),
    createRouter: options.createRouter,
  })
  if (options.opened) rooms.follow(options.opened)
  const room = await rooms.open(
    {
      tokenId: 'token',
      nodeId: 'node',
      roomId: 'room',
      epoch: 1,
      participantId: 'nobody',
      displayName: 'Nobody',
      language: 'en',
      maxParticipants: 5,
      emptyTimeoutSeconds: 60,
      expiresAt: clock.now(),
    },
    'caller',
  )
  return { rooms, room }
}
