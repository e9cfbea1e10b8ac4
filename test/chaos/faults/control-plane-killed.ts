import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'

const LEAST_AWAY_MS = 500
const MOST_AWAY_MS = 5_000

export const controlPlaneKilled: Fault = {
  name: 'control-plane-killed',
  about: 'SIGKILL to the control plane; started again within seconds',
  interrupts: false,
  movesRooms: false,
  async play({ fleet, clients, random, strike }) {
    const away = LEAST_AWAY_MS + random.below(MOST_AWAY_MS - LEAST_AWAY_MS)
    strike(clients)
    await fleet.controlPlane.kill()
    await wait(away)
    await fleet.controlPlane.start()
  },
}
