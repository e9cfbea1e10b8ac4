import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { browserOnWire } from './browser-on-wire.ts'

/** Longer than a media node keeps a participant whose connection broke. */
const AWAY_MS = 20_000

export const clientAway: Fault = {
  name: 'client-away',
  about: 'every packet to and from the second browser is dropped for 20 s: too long to resume',
  interrupts: true,
  movesRooms: false,
  pullsCable: true,
  async play(stage) {
    const { wire } = browserOnWire(stage)
    stage.strike(stage.clients)
    await wire.cut()
    await wait(AWAY_MS)
    await wire.mend()
  },
}
