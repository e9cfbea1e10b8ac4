import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { browserOnWire } from './browser-on-wire.ts'

const CUT_MS = 3_000

export const clientCut: Fault = {
  name: 'client-cut',
  about: 'every packet to and from the second browser is dropped for 3 s',
  interrupts: true,
  movesRooms: false,
  pullsCable: true,
  async play(stage) {
    const { wire } = browserOnWire(stage)
    // Those who stay see those who are cut off stand still.
    stage.strike(stage.clients)
    await wire.cut()
    await wait(CUT_MS)
    await wire.mend()
  },
}
