import type { SeededRandom } from '../../seeded-random.ts'
import type { FleetNode } from './fleet-node.ts'
import { LoadIndex, NOWHERE } from './load-index.ts'

/** How a media node is chosen from what the control plane knows. */
export type Policy = {
  /** The media node takes rooms, or a heartbeat said something new of it. */
  heard(node: FleetNode): void
  /** How long a media node adds `RESERVED_LOAD` to what it reports for a room that came. */
  readonly youngSeconds: number
  /** It takes no more rooms. */
  gone(node: FleetNode): void
  choose(region: string): FleetNode | undefined
}

/** `reserved` is the product; `reserved, 60 s` is what it would be with rooms that count as young for longer. */
export const policyNames = ['reserved', 'least load', 'two choices', 'random', 'reserved, 60 s'] as const
export type PolicyName = (typeof policyNames)[number]

/** As media nodes do it. */
const YOUNG_SECONDS = 5
const YOUNG_FOR_LONGER_SECONDS = 60

/** Draws that may meet full media nodes before they are looked through one after the other. */
const DRAWS = 20

export function policyOf(name: PolicyName, limit: number, random: SeededRandom): Policy {
  const reserve = (node: FleetNode) => {
    node.reservations += 1
  }
  const policies: Readonly<Record<PolicyName, () => Policy>> = {
    reserved: () => leastLoad(limit, YOUNG_SECONDS, reserve),
    'least load': () => leastLoad(limit, 0, () => undefined),
    'two choices': () => drawn(limit, random, 2),
    random: () => drawn(limit, random, 1),
    'reserved, 60 s': () => leastLoad(limit, YOUNG_FOR_LONGER_SECONDS, reserve),
  }
  return policies[name]()
}

/** The product's own choice; what it counts is up to `reserve`. */
function leastLoad(limit: number, youngSeconds: number, reserve: (node: FleetNode) => void): Policy {
  const index = new LoadIndex<FleetNode>()
  return {
    youngSeconds,
    heard: (node) => index.put(node),
    gone: (node) => index.remove(node),
    choose(region) {
      const node = index.choose(region, limit)
      if (node === undefined) return undefined
      reserve(node)
      index.put(node)
      return node
    },
  }
}

/** The least loaded, by its last heartbeat, of so many drawn at random; in the asked region if one of them is free. */
function drawn(limit: number, random: SeededRandom, choices: number): Policy {
  const pools = new Map<string, FleetNode[]>()
  const poolOf = (region: string) => pools.get(region) ?? []
  const isFree = (node: FleetNode | undefined) => node !== undefined && node.load < limit

  const drawFrom = (pool: readonly FleetNode[]): FleetNode | undefined => {
    for (let draw = 0; draw < DRAWS; draw += 1) {
      let best = pool[random.below(pool.length)]
      for (let choice = 1; choice < choices; choice += 1) {
        const other = pool[random.below(pool.length)]
        if (best === undefined || (other !== undefined && other.load < best.load)) best = other
      }
      if (isFree(best)) return best
    }
    return pool.find(isFree)
  }
  return {
    youngSeconds: 0,
    heard(node) {
      if (node.poolPlace !== NOWHERE) return
      const pool = pools.get(node.region) ?? []
      pools.set(node.region, pool)
      node.poolPlace = pool.length
      pool.push(node)
    },
    gone(node) {
      if (node.poolPlace === NOWHERE) return
      const pool = poolOf(node.region)
      const last = pool.pop()
      if (last !== undefined && last !== node) {
        pool[node.poolPlace] = last
        last.poolPlace = node.poolPlace
      }
      node.poolPlace = NOWHERE
    },
    choose: (region) => drawFrom(poolOf(region)) ?? drawFrom([...pools.values()].flat()),
  }
}
