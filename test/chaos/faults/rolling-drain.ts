import type { Fault } from '../fault.ts'

const EXIT_DEADLINE_MS = 60_000

export const rollingDrain: Fault = {
  name: 'rolling-drain',
  about: 'SIGTERM to each media node in turn, which ends when its rooms have moved, and is started again',
  interrupts: false,
  movesRooms: true,
  async play({ fleet, clients, strike }) {
    strike(clients)
    for (const { process } of fleet.nodes) {
      await process.terminate(EXIT_DEADLINE_MS)
      await process.start()
    }
  },
}
