import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from '../fault.ts'

const EXIT_DEADLINE_MS = 60_000
/** What `infra-swarm/stack.yml` leaves between two media nodes. */
const DELAY_MS = 10_000

export const rollingDrain: Fault = {
  name: 'rolling-drain',
  about:
    'SIGTERM to each media node in turn, which ends when its rooms have moved, and is started again; 10 s between them',
  interrupts: false,
  movesRooms: true,
  async play({ fleet, clients, strike }) {
    strike(clients)
    for (const [index, { process }] of fleet.nodes.entries()) {
      if (index > 0) await wait(DELAY_MS)
      await process.terminate(EXIT_DEADLINE_MS)
      await process.start()
    }
  },
}
