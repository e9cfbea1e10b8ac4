import { setTimeout as wait } from 'node:timers/promises'
import { askForRoom, askToJoin } from '../checks/newcomer-problems.ts'
import type { Fault } from '../fault.ts'

const FROZEN_MS = 15_000
const UNTIL_ASKED_MS = 5_000

export const redisFrozen: Fault = {
  name: 'redis-frozen',
  about: 'SIGSTOP to Redis for 15 s; placed rooms can be joined, and new ones go where there was room last',
  interrupts: false,
  movesRooms: false,
  async play({ fleet, clients, homes, strike, complain }) {
    const [roomId = ''] = homes.keys()
    strike(clients)
    fleet.redis.freeze()
    await wait(UNTIL_ASKED_MS)
    const refused = [...(await askToJoin(fleet.url, roomId)), ...(await askForRoom(fleet.url, crypto.randomUUID()))]
    for (const problem of refused) complain(`while Redis was frozen, ${problem}`)
    await wait(FROZEN_MS - UNTIL_ASKED_MS)
    fleet.redis.thaw()
  },
}
