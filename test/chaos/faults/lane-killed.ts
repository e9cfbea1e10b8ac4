import type { Fault } from '../fault.ts'
import { endCaptionLane } from '../fleet/end-caption-lane.ts'
import { nodeOf } from '../fleet/fleet.ts'

export const laneKilled: Fault = {
  name: 'lane-killed',
  about: 'a caption lane of the node where captions are read dies of an error; the node replaces it',
  interrupts: false,
  movesRooms: false,
  async play({ fleet, clients, homes, random, strike }) {
    const reader = clients.find(({ plan }) => plan.readsCaptions)
    const node = nodeOf(fleet, homes.get(reader?.plan.roomId ?? ''))
    strike(clients)
    await endCaptionLane(node, (lanes) => random.below(lanes))
  },
}
