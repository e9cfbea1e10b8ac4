import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'

const FROZEN_MS = 15_000

export const dynamoDbFrozen: Fault = {
  name: 'dynamodb-frozen',
  about: 'DynamoDB takes connections and answers nothing for 15 s',
  interrupts: false,
  movesRooms: false,
  async play({ fleet, clients, strike }) {
    strike(clients)
    fleet.dynamoDb.freeze()
    await wait(FROZEN_MS)
    fleet.dynamoDb.thaw()
  },
}
