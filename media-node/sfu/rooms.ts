import type { Clock } from '../../shared/clock.ts'
import { logLife } from '../../shared/log-life.ts'
import { type Logger, loggedRoom } from '../../shared/logging.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import type { JoinGrant } from '../../shared/token.ts'
import { type RoomCloseReason, toldOf } from './close-reason.ts'
import { EpochFence } from './epoch-fence.ts'
import { MissingKeyFrames } from './missing-key-frames.ts'
import { Room } from './room.ts'
import { addCounts, NO_COUNTS, type RoomCounts } from './room-counts.ts'
import { dumpRooms, type RoomsDump } from './rooms-dump.ts'
import type { SfuMetrics } from './sfu-metrics.ts'
import { type Sender, WorkerKills } from './worker-kills.ts'
import type { RouterHome } from './worker-pool.ts'

/** How much a media node takes; a caller is an address or its network. */
export type RoomLimits = {
  readonly maxRooms: number
  readonly maxParticipants: number
  readonly maxParticipantsPerCallerAndRoom: number
  /** Empty rooms that are held of those that one caller opened. */
  readonly maxEmptyRoomsPerCaller: number
  /** However long the token says. */
  readonly maxEmptyMs: number
}

export type RoomsOptions = {
  readonly limits: RoomLimits
  readonly nodeId: string
  readonly createRouter: () => Promise<RouterHome>
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: SfuMetrics
}

/** Who is in a room that another media node serves already has so long to follow. */
const MOVED_DEADLINE_MS = 5_000

/** A room whose router is still being created; `abandoned` says that it is to close as soon as it is there. */
type Opening = { readonly epoch: number; readonly room: Promise<Room>; abandoned: RoomCloseReason | undefined }

/** The rooms of this media node: each id at one epoch, which only grows. */
export class Rooms {
  readonly #options: RoomsOptions
  readonly #rooms = new Map<string, Room>()
  readonly #openings = new Map<string, Opening>()
  readonly #fence: EpochFence
  readonly #kills: WorkerKills
  readonly #followers: ((room: Room) => void)[] = []
  /** What logs that a room is gone. */
  readonly #lives = new WeakMap<Room, (reason: RoomCloseReason) => void>()
  #closeReason: RoomCloseReason | undefined

  constructor(options: RoomsOptions) {
    this.#options = options
    this.#fence = new EpochFence(options.clock)
    this.#kills = new WorkerKills(options.clock)
  }

  /** Shows every room that opens from now on at once, before anybody is in it. */
  follow(opened: (room: Room) => void): void {
    this.#followers.push(opened)
  }

  get size(): number {
    return this.#rooms.size
  }

  get participants(): number {
    return this.all.reduce((sum, { size }) => sum + size, 0)
  }

  /** How many rooms have opened within the last so many milliseconds. */
  youngerThan(ms: number): number {
    const since = this.#options.clock.now() - ms
    return this.all.filter(({ openedAt }) => openedAt > since).length
  }

  /** At this moment. */
  get all(): readonly Room[] {
    return [...this.#rooms.values()]
  }

  counts(): RoomCounts {
    return this.all.map((room) => room.counts()).reduce(addCounts, NO_COUNTS)
  }

  /** What the workers know of the rooms. */
  dump(): Promise<RoomsDump> {
    return dumpRooms(this.#rooms.values())
  }

  /**
   * The room that a token names, made if need be. A token of a newer epoch closes the room of the older one.
   *
   * @param caller by what whoever opens it is counted
   * @throws CallError `stale_allocation`, `room_closed`, `draining`, `no_capacity` when there are too many participants or
   *   rooms, or `unavailable` when no worker can host the room
   */
  open(grant: JoinGrant, caller: string): Promise<Room> {
    if (this.#closeReason !== undefined) return Promise.reject(refusal(this.#closeReason))
    try {
      this.#kills.check(grant.roomId)
      this.#fence.check(grant)
      if (!this.#isPresent(grant)) this.#checkParticipants()
    } catch (error) {
      return Promise.reject(error)
    }
    const present = this.#rooms.get(grant.roomId) ?? this.#openings.get(grant.roomId)
    if (present !== undefined && grant.epoch < present.epoch) return Promise.reject(refusal('stale_allocation'))
    if (present !== undefined && grant.epoch === present.epoch) {
      return present instanceof Room ? Promise.resolve(present) : present.room
    }
    this.#close(grant.roomId, 'stale_allocation')
    if (!this.#makeRoom()) return Promise.reject(new CallError('no_capacity', 'This media node has too many rooms.'))
    return this.#begin(grant, caller)
  }

  /** Closes a room for good: tokens minted so far do not open it again. Newer allocations of it stay. */
  closeRoom(roomId: string, epoch: number): void {
    const present = this.#rooms.get(roomId) ?? this.#openings.get(roomId)
    if (present !== undefined && present.epoch > epoch) return
    this.#close(roomId, 'room_closed')
    this.#fence.bury(roomId, epoch)
  }

  /**
   * The room is another media node's from this epoch on: who is in it here is asked to follow, and cut off at a deadline.
   * Tokens of older epochs do not open it any more.
   */
  moved(roomId: string, epoch: number): void {
    const { clock, metrics } = this.#options
    const present = this.#rooms.get(roomId) ?? this.#openings.get(roomId)
    if (present !== undefined && present.epoch >= epoch) return
    this.#fence.left(roomId, epoch)
    const room = this.#rooms.get(roomId)
    if (present === undefined || room?.moved) return
    metrics.roomMoved()
    if (room === undefined || room.size === 0) this.#close(roomId, 'stale_allocation')
    else room.migrate({ reason: 'moved', deadlineAt: clock.now() + MOVED_DEADLINE_MS })
  }

  /**
   * A media worker died of what this participant sent. Their room opens again on another worker, as every room that was
   * on it; if it was the second one within a minute, the room is closed, and stays so for a while on this media node.
   */
  workerKilled(sender: Sender): void {
    const { logger, metrics } = this.#options
    const { byParticipant, bans } = this.#kills.record(sender)
    logger.error({ ...sender, byParticipant, bans }, 'a media worker died of what this participant sent')
    metrics.workerKilled()
    if (!bans) return
    metrics.roomBanned()
    this.#close(sender.roomId, 'room_closed')
  }

  /** Closes every room, and opens no more. */
  close(reason: RoomCloseReason): void {
    if (this.#closeReason !== undefined) return
    this.#closeReason = reason
    for (const roomId of [...this.#rooms.keys(), ...this.#openings.keys()]) this.#close(roomId, reason)
  }

  #close(roomId: string, reason: RoomCloseReason): void {
    const opening = this.#openings.get(roomId)
    if (opening !== undefined) {
      this.#openings.delete(roomId)
      opening.abandoned = reason
    }
    this.#rooms.get(roomId)?.close(reason)
  }

  /** Whether somebody takes their own place. */
  #isPresent({ roomId, participantId }: JoinGrant): boolean {
    return this.#rooms.get(roomId)?.participants.some(({ id }) => id === participantId) ?? false
  }

  /** @throws CallError `no_capacity` */
  #checkParticipants(): void {
    if (this.participants < this.#options.limits.maxParticipants) return
    throw new CallError('no_capacity', 'This media node has as many participants as it takes.')
  }

  /** Whether one more room may be. If there are too many, the one that has been empty for longest gives way. */
  #makeRoom(): boolean {
    if (this.#rooms.size + this.#openings.size < this.#options.limits.maxRooms) return true
    const [oldest] = emptyLongestFirst(this.all)
    oldest?.close('empty')
    return oldest !== undefined
  }

  /** Of the empty rooms of one caller those that have been empty for longest give way. */
  #emptied({ openedBy }: Room): void {
    const empty = emptyLongestFirst(this.all.filter((room) => room.openedBy === openedBy))
    const excess = empty.length - this.#options.limits.maxEmptyRoomsPerCaller
    for (const room of empty.slice(0, Math.max(0, excess))) room.close('empty')
  }

  #begin(grant: JoinGrant, caller: string): Promise<Room> {
    const { promise, resolve, reject } = Promise.withResolvers<Room>()
    const opening: Opening = { epoch: grant.epoch, room: promise, abandoned: undefined }
    this.#openings.set(grant.roomId, opening)
    this.#create(grant, caller)
      .then((room) => resolve(this.#own(room, opening)))
      .catch((error) => {
        if (this.#openings.get(grant.roomId) === opening) this.#openings.delete(grant.roomId)
        reject(error)
      })
    return promise
  }

  async #create(grant: JoinGrant, caller: string): Promise<Room> {
    const { nodeId, clock, createRouter, metrics, limits } = this.#options
    const logger = this.#options.logger.child({ room: loggedRoom(grant.roomId), epoch: grant.epoch })
    const options = {
      id: grant.roomId,
      epoch: grant.epoch,
      createdAt: grant.createdAt,
      nodeId,
      emptyTimeoutMs: Math.min(grant.emptyTimeoutSeconds * 1_000, limits.maxEmptyMs),
      openedBy: caller,
      maxParticipantsPerCaller: limits.maxParticipantsPerCallerAndRoom,
      checkCapacity: () => this.#checkParticipants(),
      emptied: (room: Room) => this.#emptied(room),
      clock,
      logger,
      metrics,
      closed: (room: Room, reason: RoomCloseReason) => this.#closed(room, reason),
    }
    const room = await Room.create(options, await createRouter())
    room.observe(new MissingKeyFrames(room, clock))
    this.#lives.set(room, logLife(logger, 'info', 'room'))
    metrics.roomOpened()
    return room
  }

  /** Keeps the room that was made while awaiting; closes it if it was given up meanwhile. */
  #own(room: Room, opening: Opening): Room {
    if (opening.abandoned !== undefined) {
      room.close(opening.abandoned)
      throw refusal(opening.abandoned)
    }
    this.#openings.delete(room.id)
    this.#rooms.set(room.id, room)
    for (const opened of this.#followers) opened(room)
    return room
  }

  #closed(room: Room, reason: RoomCloseReason): void {
    if (this.#rooms.get(room.id) === room) this.#rooms.delete(room.id)
    this.#fence.left(room.id, room.epoch)
    this.#options.metrics.roomClosed(reason)
    this.#lives.get(room)?.(reason)
  }
}

/** Rooms that were left by everybody, longest ago first. */
function emptyLongestFirst(rooms: readonly Room[]): readonly Room[] {
  return rooms
    .filter(({ emptySince }) => emptySince !== undefined)
    .toSorted((a, b) => (a.emptySince ?? 0) - (b.emptySince ?? 0))
}

function refusal(reason: RoomCloseReason): CallError {
  const told = toldOf(reason)
  return new CallError(told, `This media node does not host the room: ${told}.`)
}
