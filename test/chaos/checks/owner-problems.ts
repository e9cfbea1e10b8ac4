import type { ChaosClient } from '../clients/chaos-client.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { FleetNode, NodeStats } from '../fleet/fleet-node.ts'
import { countedNames, roomCounts } from './room-counts.ts'

/** Whether each media node holds what its rooms need, by its own count and by that of its worker, and nothing else. */
export async function ownerProblems(
  { nodes }: Fleet,
  clients: readonly ChaosClient[],
  homes: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const each = nodes.map(async (node) => {
    const rooms = [...homes].filter(([, nodeId]) => nodeId === node.nodeId).map(([roomId]) => roomId)
    const plans = rooms.map((id) => clients.map(({ plan }) => plan).filter(({ roomId }) => roomId === id))
    try {
      return [...countProblems(node.nodeId, await node.stats(), plans), ...workerProblems(node)]
    } catch (error) {
      return [`${node.nodeId} does not tell what it holds: ${error instanceof Error ? error.message : error}`]
    }
  })
  return (await Promise.all(each)).flat()
}

function countProblems(
  nodeId: string,
  { counts, mediasoup, draining }: NodeStats,
  rooms: Parameters<typeof roomCounts>[0],
): readonly string[] {
  const wanted = roomCounts(rooms)
  const own = countedNames
    .filter((name) => counts[name] !== wanted[name])
    .map((name) => `${nodeId} has ${counts[name]} ${name} instead of ${wanted[name]}`)
  const { producers, consumers, taps } = wanted
  const workers = [
    mediasoup['producers'] !== producers && `${nodeId}'s worker has ${mediasoup['producers']} producers`,
    mediasoup['consumers'] !== consumers + taps && `${nodeId}'s worker has ${mediasoup['consumers']} consumers`,
    draining && `${nodeId} is draining`,
  ]
  return [...own, ...workers.filter((problem) => problem !== false)]
}

function workerProblems({ nodeId, workerPids }: FleetNode): readonly string[] {
  return workerPids.length === 1 ? [] : [`${nodeId} has ${workerPids.length} worker processes instead of 1`]
}
