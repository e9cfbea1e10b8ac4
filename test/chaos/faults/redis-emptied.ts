import type { Fault } from '../fault.ts'
import { askToJoin } from './ask-to-join.ts'

export const redisEmptied: Fault = {
  name: 'redis-emptied',
  about: 'Redis is killed and started again, and knows nothing',
  interrupts: false,
  async play(stage) {
    stage.strike(stage.clients)
    await stage.fleet.redis.replace()
    await askToJoin(stage, 'while Redis is empty')
  },
}
