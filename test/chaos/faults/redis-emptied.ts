import { askToJoin } from '../checks/newcomer-problems.ts'
import type { Fault } from '../fault.ts'

export const redisEmptied: Fault = {
  name: 'redis-emptied',
  about: 'Redis is killed and started again, and knows nothing; placed rooms can be joined at once',
  interrupts: false,
  movesRooms: false,
  async play({ fleet, clients, homes, strike, complain }) {
    const [roomId = ''] = homes.keys()
    strike(clients)
    await fleet.redis.replace()
    for (const problem of await askToJoin(fleet.url, roomId)) complain(`while Redis knew nothing, ${problem}`)
  },
}
