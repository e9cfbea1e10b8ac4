import type { ChaosClient } from '../clients/chaos-client.ts'
import { nodeOf } from '../fleet/fleet.ts'
import type { FleetNode } from '../fleet/fleet-node.ts'
import type { Stage } from '../stage.ts'

/** A media node that serves a room, and the clients that are on it. */
export function hostingNode({ fleet, clients, homes, random }: Stage): {
  readonly node: FleetNode
  readonly exposed: readonly ChaosClient[]
} {
  const [first = '', ...others] = [...new Set(homes.values())].sort()
  const nodeId = random.pick(first, ...others)
  const exposed = clients.filter(({ plan }) => homes.get(plan.roomId) === nodeId)
  return { node: nodeOf(fleet, nodeId), exposed }
}
