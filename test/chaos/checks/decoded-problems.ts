import { setTimeout as wait } from 'node:timers/promises'
import type { ChaosClient } from '../clients/chaos-client.ts'
import { tracksOf } from './room-counts.ts'

const BETWEEN_MS = 1_500

/** Clients for which not every consumer gets packets and decodes them, by WebRTC's own statistics. */
export async function decodedProblems(clients: readonly ChaosClient[]): Promise<readonly string[]> {
  const before = await Promise.all(clients.map((client) => client.inbound()))
  await wait(BETWEEN_MS)
  const after = await Promise.all(clients.map((client) => client.inbound()))
  return clients.flatMap((client, index) => {
    const growing = (after[index] ?? []).filter(({ id, packets, decoded }) => {
      const earlier = before[index]?.find((one) => one.id === id)
      return earlier !== undefined && packets > earlier.packets && decoded > earlier.decoded
    })
    const others = clients.filter((other) => other !== client && other.plan.roomId === client.plan.roomId)
    const wanted = others.reduce((sum, { plan }) => sum + tracksOf(plan), 0)
    if (growing.length === wanted) return []
    return [`${client.name} decodes ${growing.length} streams instead of ${wanted}`]
  })
}
