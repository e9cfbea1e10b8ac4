import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'

const AWAY_MS = 15_000

export const dynamoDbRefused: Fault = {
  name: 'dynamodb-refused',
  about: 'DynamoDB refuses connections for 15 s; it keeps its tables',
  interrupts: false,
  movesRooms: false,
  async play({ fleet, clients, strike }) {
    strike(clients)
    await fleet.dynamoDb.kill()
    await wait(AWAY_MS)
    await fleet.dynamoDb.start()
  },
}
