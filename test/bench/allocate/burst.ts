import { NODE_TTL_MS } from '../../../shared/node-registry/node-registry.ts'
import type { BareStores } from './bare-stores.ts'
import { type BenchFleet, newRoomIds } from './bench-fleet.ts'

/** Rooms made all at once on media nodes that are equally loaded. */
export type Burst = {
  readonly nodes: number
  readonly rooms: number
  readonly failed: number
  /** Fewest and most rooms that one media node was given. */
  readonly fewest: number
  readonly most: number
  /** From the first call to the last answer. */
  readonly ms: number
  readonly bareMs: number
  /** So old was the oldest heartbeat at the end; from `NODE_TTL_MS` on some media nodes were passed over. */
  readonly heartbeatAgeMs: number
}

export const isWithinHeartbeats = ({ heartbeatAgeMs }: Burst): boolean => heartbeatAgeMs < NODE_TTL_MS

export async function burst(fleet: BenchFleet, bare: BareStores, rooms: number): Promise<Burst> {
  fleet.setLoad(() => 0.1)
  const bareMs = await timed(() =>
    Promise.allSettled(
      newRoomIds(rooms).map(async (roomId) => {
        await bare.roundTrip(roomId)
        await bare.create(roomId)
      }),
    ),
  )
  await fleet.beat()
  const counts = new Map<string, number>()
  let failed = 0
  const ms = await timed(() =>
    Promise.all(
      newRoomIds(rooms).map(async (id) => {
        try {
          const { nodeId } = (await fleet.create(id)).room
          counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1)
        } catch {
          failed += 1
        }
      }),
    ),
  )
  const { heartbeatAgeMs } = fleet
  const fewest = counts.size < fleet.nodes ? 0 : Math.min(...counts.values())
  return { nodes: fleet.nodes, rooms, failed, fewest, most: Math.max(...counts.values()), ms, bareMs, heartbeatAgeMs }
}

async function timed(task: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await task()
  return performance.now() - startedAt
}
