import { type Choice, type KnownNode, NODE_TTL_MS, RESERVED_LOAD } from '../shared/node-registry/node-registry.ts'

/** What counts of a media node when a room looks for one. */
export type Candidate = Pick<
  KnownNode,
  'nodeId' | 'region' | 'load' | 'draining' | 'ageMs' | 'reservations' | 'firmReservations'
>

/** By which media nodes rank: the load that they reported, and every room placed there since that is not in a report yet. */
export function effectiveLoad({ load, reservations }: Pick<Candidate, 'load' | 'reservations'>): number {
  return load + RESERVED_LOAD * reservations
}

/** By which a media node is full: of the rooms placed since, only those that count as load before they have opened. */
export function firmLoad({ load, firmReservations }: Pick<Candidate, 'load' | 'firmReservations'>): number {
  return load + RESERVED_LOAD * firmReservations
}

/**
 * Chooses the media node for a room: its heartbeat younger than `NODE_TTL_MS` and not draining; in the asked region if that
 * has one whose firm load is below `limit`, else in any; of these the least effective load, or if that one is full the
 * least firm load; at equal load the lowest id. The same candidates give the same choice, in whatever order they come.
 * `sinceMs` is how long ago their ages were measured.
 *
 * The registry decides the same in one step with the reservation (`shared/node-registry/registry-scripts.ts`). One pass,
 * which makes little.
 */
export function chooseMediaNode<N extends Candidate>(asked: {
  readonly candidates: Iterable<N>
  readonly region?: string | undefined
  readonly limit: number
  readonly sinceMs?: number
}): Choice<N> {
  const { candidates, region, limit, sinceMs = 0 } = asked
  let anyAlive = false
  const all = new Firsts<N>()
  const near = new Firsts<N>()
  for (const node of candidates) {
    if (node.ageMs + sinceMs >= NODE_TTL_MS) continue
    anyAlive = true
    if (node.draining) continue
    all.see(node)
    if (node.region === region) near.see(node)
  }
  const inRegion = near.under(limit)
  if (inRegion) return { node: inRegion, reason: 'in_region' }
  if (all.none) return { node: undefined, reason: anyAlive ? 'all_draining' : 'no_media_node' }
  const node = all.under(limit)
  if (!node) return { node: undefined, reason: 'all_full' }
  return { node, reason: region === undefined ? 'no_region_asked' : 'outside_region' }
}

/** Of the media nodes seen, the first by effective load and the first by firm load. */
class Firsts<N extends Candidate> {
  #best: N | undefined
  #leastFirm: N | undefined

  get none(): boolean {
    return this.#best === undefined
  }

  see(node: N): void {
    if (this.#best === undefined || isBefore(node, this.#best)) this.#best = node
    if (this.#leastFirm === undefined || isBefore(node, this.#leastFirm, firmLoad)) this.#leastFirm = node
  }

  under(limit: number): N | undefined {
    return [this.#best, this.#leastFirm].find((node) => node !== undefined && firmLoad(node) < limit)
  }
}

/** The order in which media nodes are preferred. */
export function isBefore(a: Candidate, b: Candidate, by: (node: Candidate) => number = effectiveLoad): boolean {
  const loadOfA = by(a)
  const loadOfB = by(b)
  return loadOfA === loadOfB ? a.nodeId < b.nodeId : loadOfA < loadOfB
}
