import type { Fault } from '../fault.ts'
import { browserOnWire } from './browser-on-wire.ts'

export const clientMoved: Fault = {
  name: 'client-moved',
  about: 'the second browser gets another address, as from one network to the next; it keeps it',
  interrupts: true,
  movesRooms: false,
  pullsCable: true,
  async play(stage) {
    const { wire } = browserOnWire(stage)
    stage.strike(stage.clients)
    await wire.readdress()
  },
}
