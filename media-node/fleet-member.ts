import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logging.ts'
import type { NodeCommand, NodeRegistry, NodeReport } from '../shared/node-registry/node-registry.ts'
import type { RoomStore } from '../shared/room-store/room-store.ts'
import { Drain, type DrainEnd } from './drain.ts'
import { Heartbeat, type RegistryState } from './heartbeat.ts'
import type { StandIn } from './heartbeat-stand-in.ts'
import { OpenedRooms } from './opened-rooms.ts'
import { RoomLookUps } from './room-look-ups.ts'
import type { Rooms } from './sfu/rooms.ts'

export type FleetMemberOptions = {
  readonly nodeId: string
  readonly registry: NodeRegistry
  readonly roomStore: Pick<RoomStore, 'read'>
  readonly rooms: Rooms
  /** What the media node says of itself. */
  readonly report: () => Omit<NodeReport, 'draining' | 'openedRooms'>
  /** Starts who speaks for this media node while its heartbeats are late. */
  readonly startStandIn?: (nodeId: string) => StandIn
  readonly clock: Clock
  readonly logger: Logger
}

/** What this media node is to the others: it says how it is, does what it is asked, and gives up what is theirs. */
export class FleetMember {
  readonly #options: FleetMemberOptions
  readonly #openedRooms = new OpenedRooms()
  readonly #heartbeat: Heartbeat
  readonly #lookUps: RoomLookUps
  readonly #drain: Drain
  #standIn: StandIn | undefined
  #retiring = false

  constructor(options: FleetMemberOptions) {
    const { nodeId, rooms, registry, roomStore, clock, logger } = options
    this.#options = options
    this.#heartbeat = new Heartbeat({
      registry,
      report: () => ({ ...options.report(), draining: this.draining, openedRooms: this.#openedRooms.ids }),
      heard: ({ openedRooms }) => {
        this.#openedRooms.heard(openedRooms)
        this.#standIn?.heard()
      },
      forgotten: () => this.#lookUps.lookUp(rooms.all),
      obey: (command) => this.#obey(command),
      clock,
      logger,
    })
    this.#lookUps = new RoomLookUps({
      nodeId,
      roomStore,
      moved: (room, epoch) => rooms.moved(room.id, Math.max(epoch, room.epoch + 1)),
      clock,
      logger,
    })
    const announce = () => this.#heartbeat.beat()
    this.#drain = new Drain({ rooms: () => rooms.all, announce, clock, logger })
    rooms.follow((room) => {
      this.#openedRooms.add(room.id)
      this.#drain.roomOpened(room)
    })
  }

  get draining(): boolean {
    return this.#retiring || this.#drain.active
  }

  /** Whether a drain is over, and nobody is to come any more. */
  get drained(): boolean {
    return this.#drain.over
  }

  get registry(): RegistryState {
    return this.#heartbeat.registry
  }

  /** Whether the registry has ever heard of this media node. */
  get everHeard(): boolean {
    return this.#heartbeat.everHeard
  }

  /** Seconds since the registry heard of this media node, or since the start. */
  get heartbeatAgeSeconds(): number {
    return this.#heartbeat.ageSeconds
  }

  start(): void {
    this.#standIn = this.#options.startStandIn?.(this.#options.nodeId)
    this.#heartbeat.start()
  }

  /** Moves the rooms to other media nodes, for good: no command ends it. Resolves when nobody is left. */
  retire(deadlineMs: number): Promise<DrainEnd> {
    this.#retiring = true
    return this.#drain.begin(deadlineMs)
  }

  /** Says, before what is left is cut off, that nobody is to come any more. */
  async announceEnd(): Promise<void> {
    this.#retiring = true
    this.#drain.close()
    this.#lookUps.close()
    await this.#heartbeat.beat()
  }

  /** Has the registry forget this media node. */
  leave(): Promise<void> {
    this.#standIn?.close()
    return this.#heartbeat.leave()
  }

  #obey(command: NodeCommand): void {
    const { rooms } = this.#options
    switch (command.type) {
      case 'close-room':
        rooms.closeRoom(command.roomId, command.epoch)
        return
      case 'room-moved':
        rooms.moved(command.roomId, command.epoch)
        return
      case 'drain':
        if (!this.#retiring) void this.#drain.begin(command.deadlineSeconds * 1_000)
        return
      case 'cancel-drain':
        if (!this.#retiring) this.#drain.cancel()
    }
  }
}
