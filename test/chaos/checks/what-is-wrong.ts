import type { ChaosClient } from '../clients/chaos-client.ts'
import type { ClientView } from '../clients/participant/chaos-participant.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { captionProblems, lostFinals } from './caption-problems.ts'
import { clientProblems } from './client-problems.ts'
import { ownerProblems } from './owner-problems.ts'
import { roomHomes } from './room-homes.ts'

export type Inspected = { readonly fleet: Fleet; readonly clients: readonly ChaosClient[] }

export type Health = {
  readonly problems: readonly string[]
  readonly homes: ReadonlyMap<string, string>
}

/** Everything that is not as it should be at this moment; nothing, when all is well. */
export async function whatIsWrong({ fleet, clients }: Inspected, since: number): Promise<Health> {
  const seen = await lookAt(clients)
  const now = Date.now()
  try {
    const homes = await roomHomes(fleet.url, roomsOf(clients))
    const perClient = seen.map((one) => {
      const others = seen.filter((other) => other !== one && other.client.plan.roomId === one.client.plan.roomId)
      const nodeId = homes.get(one.client.plan.roomId)
      const host = fleet.nodes.find((node) => node.nodeId === nodeId)?.host
      return clientProblems(one, { others, host, now })
    })
    const owners = await ownerProblems(fleet, clients, homes)
    const lost = await lostFinals(fleet.url, seen)
    return { homes, problems: [...perClient.flat(), ...owners, ...captionProblems(seen, since), ...lost] }
  } catch (error) {
    return { homes: new Map(), problems: [`the control plane: ${error instanceof Error ? error.message : error}`] }
  }
}

export type LookedAt = { readonly client: ChaosClient; readonly view: ClientView }

export async function lookAt(clients: readonly ChaosClient[]): Promise<readonly LookedAt[]> {
  return Promise.all(clients.map(async (client) => ({ client, view: await client.view() })))
}

export function roomsOf(clients: readonly ChaosClient[]): readonly string[] {
  return [...new Set(clients.map(({ plan }) => plan.roomId))]
}
