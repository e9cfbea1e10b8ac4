import type { BareStores } from './bare-stores.ts'
import { type BenchFleet, newRoom, newRoomIds } from './bench-fleet.ts'
import type { Way } from './by-turns.ts'

/** What is done to a room, by the product and by the bare round trips to the stores that this takes. */
export type Operation = { readonly name: string; readonly ours: Way; readonly bare: Way }

const ASKED_REGION = 'eu'

/** No heartbeat ever came from it, so its rooms move. */
const LOST_NODE = 'lost'

export function operationsOn(fleet: BenchFleet, bare: BareStores): readonly Operation[] {
  const fresh = async (count: number) => newRoomIds(count)
  const placed: string[] = []
  const existing = async (count: number) => {
    while (placed.length < count) {
      const [roomId = ''] = newRoomIds(1)
      await fleet.create(roomId, ASKED_REGION)
      placed.push(roomId)
    }
    return placed.slice(0, count)
  }
  const lost = async (count: number) => {
    const ids = newRoomIds(count)
    await Promise.all(ids.map((roomId) => fleet.rooms.create({ ...newRoom(roomId, ASKED_REGION), nodeId: LOST_NODE })))
    return ids
  }
  return [
    {
      name: 'create',
      ours: { prepare: fresh, run: async (roomId) => void (await fleet.create(roomId, ASKED_REGION)) },
      bare: {
        prepare: fresh,
        async run(roomId) {
          await bare.roundTrip(roomId)
          await bare.create(roomId)
        },
      },
    },
    {
      name: 'find',
      ours: { prepare: existing, run: (roomId) => place(fleet, roomId, 'kept') },
      bare: {
        prepare: existing,
        async run(roomId) {
          await bare.read(roomId)
          await bare.roundTrip(roomId)
        },
      },
    },
    {
      name: 'move',
      ours: { prepare: lost, run: (roomId) => place(fleet, roomId, 'in_region') },
      // Finds the host, reserves, writes, and leaves word for the media node that lost the room.
      bare: {
        prepare: lost,
        async run(roomId) {
          await bare.read(roomId)
          await bare.roundTrip(roomId)
          await bare.roundTrip(roomId)
          await bare.move(roomId)
          await bare.roundTrip(roomId)
        },
      },
    },
  ]
}

async function place(fleet: BenchFleet, roomId: string, expected: string): Promise<void> {
  const { reason } = await fleet.place(roomId)
  if (reason !== expected) throw new Error(`a room was ${reason}, which this measurement is not about`)
}
