import { type AliveNode, NODE_TTL_MS } from '../shared/node-registry/node-registry.ts'

/** The media nodes as they were known at `takenAt`, in milliseconds since the Unix epoch. */
export type Fleet = { readonly nodes: readonly AliveNode[]; readonly takenAt: number }

export const choiceReasons = ['no_region_asked', 'in_region', 'outside_region'] as const
export const refusalReasons = ['no_media_node', 'all_draining', 'all_full'] as const

export type ChoiceReason = (typeof choiceReasons)[number]
export type RefusalReason = (typeof refusalReasons)[number]

export type Choice =
  | { readonly node: AliveNode; readonly reason: ChoiceReason }
  | { readonly node: undefined; readonly reason: RefusalReason }

/** A media node at this load takes no new room. */
const FULL_LOAD = 1

/**
 * Chooses the media node for a room: alive at `now`, not draining and not full; in the asked region if that leaves
 * anyone; then the least load, the fewest participants, the lowest id. The same input gives the same choice.
 */
export function chooseMediaNode(asked: {
  readonly fleet: Fleet
  readonly region: string | undefined
  readonly now: number
}): Choice {
  const sinceTaken = asked.now - asked.fleet.takenAt
  const alive = asked.fleet.nodes.filter(({ ageMs }) => ageMs + sinceTaken < NODE_TTL_MS)
  if (alive.length === 0) return { node: undefined, reason: 'no_media_node' }
  const staying = alive.filter(({ draining }) => !draining)
  if (staying.length === 0) return { node: undefined, reason: 'all_draining' }
  const free = staying.filter(({ load }) => load < FULL_LOAD)
  const near = free.filter(({ region }) => region === asked.region)
  const node = leastLoaded(near.length > 0 ? near : free)
  if (!node) return { node: undefined, reason: 'all_full' }
  if (asked.region === undefined) return { node, reason: 'no_region_asked' }
  return { node, reason: near.length > 0 ? 'in_region' : 'outside_region' }
}

function leastLoaded(nodes: readonly AliveNode[]): AliveNode | undefined {
  return nodes.reduce<AliveNode | undefined>((best, node) => (best && !isBetter(node, best) ? best : node), undefined)
}

function isBetter(a: AliveNode, b: AliveNode): boolean {
  if (a.load !== b.load) return a.load < b.load
  if (a.participants !== b.participants) return a.participants < b.participants
  return a.nodeId < b.nodeId
}
