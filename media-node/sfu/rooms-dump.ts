import type { Room } from './room.ts'

/** What the workers say they hold for the rooms that this process knows. A tap is a consumer here. */
export type RoomsDump = {
  readonly transports: number
  readonly producers: number
  readonly consumers: number
  readonly rtpObservers: number
}

/** Asks the worker of every room; a room that closes meanwhile does not count. */
export async function dumpRooms(rooms: Iterable<Room>): Promise<RoomsDump> {
  const settled = await Promise.allSettled([...rooms].map((room) => room.dump()))
  const sum = { transports: 0, producers: 0, consumers: 0, rtpObservers: 0 }
  for (const dump of settled) {
    if (dump.status === 'rejected') continue
    sum.transports += dump.value.transportIds.length
    sum.producers += dump.value.mapProducerIdConsumerIds.length
    sum.consumers += dump.value.mapConsumerIdProducerId.length
    sum.rtpObservers += dump.value.rtpObserverIds.length
  }
  return sum
}
