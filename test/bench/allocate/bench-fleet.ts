import { randomUUID } from 'node:crypto'
import { type AllocationParts, createRoom, type Placement, placeRoom } from '../../../control-plane/allocate-room.ts'
import { HealthProbes } from '../../../control-plane/health-probes.ts'
import { KnownFleet } from '../../../control-plane/known-fleet.ts'
import { startRedis } from '../../../dev/embedded-redis.ts'
import { type Clock, systemClock } from '../../../shared/clock.ts'
import { createLogger } from '../../../shared/logging.ts'
import type { FleetRegistry } from '../../../shared/node-registry/node-registry.ts'
import { redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import type { RoomStore } from '../../../shared/room-store/room-store.ts'

export const REGIONS = ['eu', 'us', 'ap'] as const

/** Speed is measured on media nodes that never fill up; that they do is looked at by itself. */
const NO_LIMIT = 1_000

/** Heartbeats under way at a time while the whole fleet beats. */
const BEATS_AT_ONCE = 200

/** A heartbeat this old is soon too old; what is timed until the next one must not take longer than is left. */
const BEAT_AGAIN_MS = 1_500

/**
 * The control plane reads the whole fleet from time to time. Measured in slices, that would come many times too often; so it
 * never does again, and is measured by itself.
 */
const STILL: Clock = { ...systemClock, now: () => 0 }

export const logger = createLogger({ name: 'bench', level: 'error' })

/** Media nodes that are only heartbeats, in a Redis of their own, and the control plane's code that places rooms on them. */
export class BenchFleet {
  readonly nodes: number
  readonly redisUrl: string
  readonly registry: FleetRegistry
  readonly rooms: RoomStore
  readonly #parts: AllocationParts
  readonly #nodeIds: readonly string[]
  readonly #opened = new Map<string, string[]>()
  /** How long it takes the whole fleet to beat once, each time it did. */
  readonly beatMs: number[] = []
  /** And how long, to read all of it. */
  readonly readMs: number[] = []
  #beatAt = Number.NEGATIVE_INFINITY
  #loadOf: (node: number) => number = () => 0

  static async start(nodes: number, rooms: RoomStore, owner: AsyncDisposableStack): Promise<BenchFleet> {
    const redis = await startRedis()
    owner.defer(redis.stop)
    const registry = redisNodeRegistry({ url: redis.url, logger })
    owner.defer(() => registry.close())
    await registry.ping()
    return new BenchFleet({ nodes, rooms, redisUrl: redis.url, registry })
  }

  private constructor(options: {
    readonly nodes: number
    readonly rooms: RoomStore
    readonly redisUrl: string
    readonly registry: FleetRegistry
  }) {
    const { nodes, rooms, redisUrl, registry } = options
    this.nodes = nodes
    this.rooms = rooms
    this.redisUrl = redisUrl
    this.registry = registry
    this.#nodeIds = Array.from({ length: nodes }, (_, index) => `node-${`${index}`.padStart(5, '0')}`)
    const probes = new HealthProbes({ probe: async () => 'refused', clock: systemClock, onAnswer: () => undefined })
    const fleet = new KnownFleet(registry, STILL)
    const onRefused = () => undefined
    this.#parts = { rooms, fleet, probes, clock: systemClock, logger, limit: NO_LIMIT, onRefused }
  }

  /** How loaded the media nodes say to be from their next heartbeat on. */
  setLoad(loadOf: (node: number) => number): void {
    this.#loadOf = loadOf
  }

  /** Age of the oldest heartbeat in milliseconds. */
  get heartbeatAgeMs(): number {
    return performance.now() - this.#beatAt
  }

  /** Beats if the last time was a while ago. */
  async keepAlive(): Promise<void> {
    if (this.heartbeatAgeMs > BEAT_AGAIN_MS) await this.beat()
  }

  /** Every media node beats once and tells which rooms opened there. */
  async beat(): Promise<void> {
    const startedAt = performance.now()
    const waiting = this.#nodeIds.entries()
    const beatRest = async () => {
      for (const [index, nodeId] of waiting) {
        const openedRooms = this.#opened.get(nodeId) ?? []
        this.#opened.delete(nodeId)
        await this.registry.heartbeat({
          nodeId,
          url: `wss://${nodeId}.example/`,
          region: REGIONS[index % REGIONS.length] ?? '',
          version: '0.1.0',
          load: this.#loadOf(index),
          rooms: 10,
          participants: 40,
          draining: false,
          openedRooms,
        })
      }
    }
    await Promise.all(Array.from({ length: BEATS_AT_ONCE }, beatRest))
    this.#beatAt = startedAt
    this.beatMs.push(performance.now() - startedAt)
  }

  /** Reads the whole fleet once. */
  async read(): Promise<void> {
    const startedAt = performance.now()
    await this.registry.alive()
    this.readMs.push(performance.now() - startedAt)
  }

  async create(roomId: string, region?: string): Promise<Placement> {
    return this.#noted(await createRoom(this.#parts, newRoom(roomId, region), true))
  }

  async place(roomId: string): Promise<Placement> {
    return this.#noted(await placeRoom(this.#parts, { roomId, isFirm: () => true }))
  }

  #noted(placement: Placement): Placement {
    if (placement.reason === 'kept') return placement
    const { roomId, nodeId } = placement.room
    const opened = this.#opened.get(nodeId)
    if (opened) opened.push(roomId)
    else this.#opened.set(nodeId, [roomId])
    return placement
  }
}

export const newRoom = (roomId: string, region?: string) => ({
  roomId,
  maxParticipants: 50,
  emptyTimeoutSeconds: 60,
  metadata: {},
  createdAt: Date.now(),
  ...(region !== undefined && { region }),
})

export const newRoomIds = (count: number): readonly string[] => Array.from({ length: count }, () => randomUUID())
