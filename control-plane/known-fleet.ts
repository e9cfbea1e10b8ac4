import type { Clock } from '../shared/clock.ts'
import type {
  AliveNode,
  Choice,
  FleetRegistry,
  KnownNode,
  NodeCommand,
  WantedPlace,
} from '../shared/node-registry/node-registry.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import { RecentMap } from '../shared/recent-map.ts'
import { Breaker } from './breaker.ts'
import { chooseMediaNode } from './choose-media-node.ts'

/** Beyond this many the media nodes longest not heard of are forgotten. */
const MAX_REMEMBERED_NODES = 20_000

/** After it failed to answer, the registry is not asked for this long. */
const REGISTRY_RETRY_MS = 1_000

/** How long rooms are placed from memory while the registry is away. */
export const PLACING_FROM_MEMORY_MS = 30_000

/** The whole fleet is read no more often than this, and the larger it is the less often, so that it costs little. */
const FLEET_READ_INTERVAL_MS = 1_000
const FLEET_READ_INTERVAL_PER_NODE_MS = 2

/** A media node, and what the registry has to do with that: it knows it, knows no such node, or is away. */
export type Sighting = { readonly node: KnownNode; readonly registry: 'knows' | 'forgot' | 'away' }

type Memory = { readonly node: KnownNode; readonly at: number }

/**
 * The registry, and a memory of what it said for while it is away. When it fails to answer, nobody waits for it again until
 * it does.
 */
export class KnownFleet {
  readonly #registry: FleetRegistry
  readonly #clock: Clock
  readonly #breaker: Breaker
  readonly #remembered = new RecentMap<string, Memory>(MAX_REMEMBERED_NODES)
  #fleet = new Map<string, AliveNode>()
  #readFleetAt = Number.NEGATIVE_INFINITY
  #placedFromMemory = 0

  constructor(registry: FleetRegistry, clock: Clock) {
    this.#registry = registry
    this.#clock = clock
    this.#breaker = new Breaker({ clock, retryMs: REGISTRY_RETRY_MS, check: () => registry.ping() })
  }

  /** Rooms placed while the registry was away. */
  get placedFromMemory(): number {
    return this.#placedFromMemory
  }

  /** The media nodes that are alive. @throws CallError `unavailable` when the registry is away */
  async alive(): Promise<readonly AliveNode[]> {
    const nodes = await this.#breaker.run(() => this.#registry.alive())
    this.#fleet = new Map(nodes.map((node) => [node.nodeId, node]))
    for (const node of nodes) this.#remember(node)
    return nodes
  }

  /** One media node. @throws CallError `unavailable` when the registry is away and nobody remembers the node */
  async find(nodeId: string): Promise<Sighting | undefined> {
    this.#readFleetIfDue()
    try {
      const node = await this.#breaker.run(() => this.#registry.find(nodeId))
      if (node) return { node: this.#remember(node), registry: 'knows' }
      const remembered = this.#recall(nodeId)
      return remembered && { node: remembered, registry: 'forgot' }
    } catch (error) {
      const remembered = this.#recall(nodeId)
      if (!remembered || !isUnavailable(error)) throw error
      return { node: remembered, registry: 'away' }
    }
  }

  /**
   * Chooses a media node for a room and reserves it there. While the registry is away it chooses from the fleet as it was,
   * for `PLACING_FROM_MEMORY_MS`, and counts what it placed itself. @throws CallError `unavailable` after that
   */
  async reserve(wanted: WantedPlace): Promise<Choice<KnownNode>> {
    this.#readFleetIfDue()
    try {
      const choice = await this.#breaker.run(() => this.#registry.reserve(wanted))
      if (choice.node) this.#remember(choice.node)
      return choice
    } catch (error) {
      if (!isUnavailable(error) || !this.#mayPlaceFromMemory()) throw error
      return this.#reserveFromMemory(wanted)
    }
  }

  /** Gives a reservation back; if that fails it runs out by itself. */
  async release(nodeId: string, roomId: string): Promise<void> {
    await this.#breaker.run(() => this.#registry.release(nodeId, roomId)).catch(unlessUnavailable)
  }

  /** Has a media node that was found dead `foundDeadMsAgo` milliseconds ago forgotten, unless it has been heard of since. */
  async suspect(nodeId: string, foundDeadMsAgo: number): Promise<void> {
    this.#remembered.delete(nodeId)
    this.#fleet.delete(nodeId)
    await this.#breaker.run(() => this.#registry.suspect(nodeId, foundDeadMsAgo)).catch(unlessUnavailable)
  }

  /** Leaves a command for a media node. @throws CallError `unavailable` when the registry is away */
  async send(nodeId: string, command: NodeCommand): Promise<void> {
    await this.#breaker.run(() => this.#registry.send(nodeId, command))
  }

  /** How many reservations ran out unused. @throws CallError `unavailable` when the registry is away */
  async expiredReservations(): Promise<number> {
    return this.#breaker.run(() => this.#registry.expiredReservations())
  }

  #mayPlaceFromMemory(): boolean {
    const { answeredAt } = this.#breaker
    return answeredAt !== undefined && this.#clock.now() - answeredAt < PLACING_FROM_MEMORY_MS
  }

  /** Ages are taken as they were when the fleet was read: nobody's heartbeats arrive now. */
  #reserveFromMemory({ region, limit, firm }: WantedPlace): Choice<KnownNode> {
    const choice = chooseMediaNode({ candidates: this.#fleet.values(), region, limit })
    if (!choice.node) return choice
    const { reservations, firmReservations } = choice.node
    const node = {
      ...choice.node,
      reservations: reservations + 1,
      firmReservations: firmReservations + (firm ? 1 : 0),
    }
    this.#fleet.set(node.nodeId, node)
    this.#placedFromMemory += 1
    return { ...choice, node }
  }

  #remember(node: KnownNode): KnownNode {
    this.#remembered.set(node.nodeId, { node, at: this.#clock.now() })
    return node
  }

  #recall(nodeId: string): KnownNode | undefined {
    const memory = this.#remembered.get(nodeId)
    return memory && { ...memory.node, ageMs: memory.node.ageMs + this.#clock.now() - memory.at }
  }

  #readFleetIfDue(): void {
    const interval = Math.max(FLEET_READ_INTERVAL_MS, this.#fleet.size * FLEET_READ_INTERVAL_PER_NODE_MS)
    if (this.#breaker.isOpen || this.#clock.now() - this.#readFleetAt < interval) return
    this.#readFleetAt = this.#clock.now()
    this.alive().catch(() => undefined)
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof CallError && error.code === 'unavailable'
}

function unlessUnavailable(error: unknown): void {
  if (!isUnavailable(error)) throw error
}
