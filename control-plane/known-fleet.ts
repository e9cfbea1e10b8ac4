import type { Clock } from '../shared/clock.ts'
import type { AliveNode, NodeRegistry } from '../shared/node-registry/node-registry.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import { RecentMap } from '../shared/recent-map.ts'
import type { Fleet } from './choose-media-node.ts'

/** Beyond this many the nodes longest not heard of are forgotten. */
const MAX_REMEMBERED_NODES = 10_000

/** A media node, and whether the registry vouches for it now or it is only remembered. */
export type Sighting = { readonly node: AliveNode; readonly remembered: boolean }

/** The registry's answers, and a memory of them for finding a room's media node while the registry is away. */
export class KnownFleet {
  readonly #registry: NodeRegistry
  readonly #clock: Clock
  readonly #remembered = new RecentMap<string, AliveNode>(MAX_REMEMBERED_NODES)

  constructor(registry: NodeRegistry, clock: Clock) {
    this.#registry = registry
    this.#clock = clock
  }

  /** The fleet as the registry has it now; rejects with `unavailable` when the registry is away. */
  async alive(): Promise<Fleet> {
    const nodes = await this.#registry.alive()
    for (const node of nodes) this.#remembered.set(node.nodeId, node)
    return { nodes, takenAt: this.#clock.now() }
  }

  /** One media node, from memory if the registry is away; rejects with `unavailable` when that does not know it. */
  async find(nodeId: string): Promise<Sighting | undefined> {
    try {
      const node = await this.#registry.find(nodeId)
      if (!node) return void this.#remembered.delete(nodeId)
      this.#remembered.set(nodeId, node)
      return { node, remembered: false }
    } catch (error) {
      const node = this.#remembered.get(nodeId)
      if (!node || !(error instanceof CallError && error.code === 'unavailable')) throw error
      return { node, remembered: true }
    }
  }
}
