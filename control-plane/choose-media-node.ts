import { type Choice, type KnownNode, NODE_TTL_MS, RESERVED_LOAD } from '../shared/node-registry/node-registry.ts'

/** What counts of a media node when a room looks for one. */
export type Candidate = Pick<KnownNode, 'nodeId' | 'region' | 'load' | 'draining' | 'ageMs' | 'reservations'>

/** The load that a media node reported, and what was placed there since and has not yet shown up in a report. */
export function effectiveLoad({ load, reservations }: Pick<Candidate, 'load' | 'reservations'>): number {
  return load + RESERVED_LOAD * reservations
}

/**
 * Chooses the media node for a room: its heartbeat younger than `NODE_TTL_MS` and not draining; in the asked region if that
 * has one whose effective load is below `limit`, else in any; of these the least effective load, at equal load the lowest
 * id. The same candidates give the same choice, in whatever order they come. `sinceMs` is how long ago their ages were
 * measured.
 *
 * The registry decides the same in one step with the reservation (`shared/node-registry/registry-scripts.ts`). One pass,
 * which makes nothing; and the best media node of each region are candidates enough: they give the choice that the whole
 * fleet gives.
 */
export function chooseMediaNode<N extends Candidate>(asked: {
  readonly candidates: Iterable<N>
  readonly region?: string | undefined
  readonly limit: number
  readonly sinceMs?: number
}): Choice<N> {
  const { candidates, region, limit, sinceMs = 0 } = asked
  let anyAlive = false
  let best: N | undefined
  let near: N | undefined
  for (const node of candidates) {
    if (node.ageMs + sinceMs >= NODE_TTL_MS) continue
    anyAlive = true
    if (node.draining) continue
    if (best === undefined || isBefore(node, best)) best = node
    if (node.region === region && (near === undefined || isBefore(node, near))) near = node
  }
  if (near && effectiveLoad(near) < limit) return { node: near, reason: 'in_region' }
  if (!best) return { node: undefined, reason: anyAlive ? 'all_draining' : 'no_media_node' }
  if (effectiveLoad(best) >= limit) return { node: undefined, reason: 'all_full' }
  return { node: best, reason: region === undefined ? 'no_region_asked' : 'outside_region' }
}

/** The order in which media nodes are preferred. */
export function isBefore(a: Candidate, b: Candidate): boolean {
  const loadOfA = effectiveLoad(a)
  const loadOfB = effectiveLoad(b)
  return loadOfA === loadOfB ? a.nodeId < b.nodeId : loadOfA < loadOfB
}
