import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { askToJoin } from './ask-to-join.ts'

const FROZEN_MS = 15_000
const UNTIL_ASKED_MS = 5_000

export const redisFrozen: Fault = {
  name: 'redis-frozen',
  about: 'SIGSTOP to Redis for 15 s; rooms that are placed can be joined all the time',
  interrupts: false,
  async play(stage) {
    stage.strike(stage.clients)
    stage.fleet.redis.freeze()
    await wait(UNTIL_ASKED_MS)
    await askToJoin(stage, 'while Redis is frozen')
    await wait(FROZEN_MS - UNTIL_ASKED_MS)
    stage.fleet.redis.thaw()
  },
}
