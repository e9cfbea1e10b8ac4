import type { Fault } from '../fault.ts'
import { secondPlace } from './second-place.ts'

export const clientMoved: Fault = {
  name: 'client-moved',
  about: 'the second place of clients gets another address, as from one network to the next; it keeps it',
  interrupts: 5_000,
  movesRooms: false,
  pullsCable: true,
  async play(stage) {
    const { wire } = secondPlace(stage)
    stage.strike(stage.clients)
    await wire.readdress()
  },
}
