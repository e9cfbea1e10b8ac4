import { setTimeout as wait } from 'node:timers/promises'
import { askForRoom, askToJoin } from '../checks/newcomer-problems.ts'
import type { Fault } from '../fault.ts'

/** Longer than a media node whose heartbeats arrive nowhere is taken for alive. */
const UNTIL_ASKED_AGAIN_MS = 5_000

export const redisFailover: Fault = {
  name: 'redis-failover',
  about: 'a replica of Redis becomes the primary, while open connections stay on the old one, which refuses writes',
  interrupts: false,
  movesRooms: false,
  async play({ fleet, clients, homes, strike, complain }) {
    const [roomId = ''] = homes.keys()
    const ask = async () => [
      ...(await askToJoin(fleet.url, roomId)),
      ...(await askForRoom(fleet.url, crypto.randomUUID())),
    ]
    strike(clients)
    await fleet.redis.failOver()
    for (const problem of await ask()) complain(`right after the failover, ${problem}`)
    await wait(UNTIL_ASKED_AGAIN_MS)
    for (const problem of await ask()) complain(`some seconds after the failover, ${problem}`)
  },
}
