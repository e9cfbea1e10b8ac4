import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logging.ts'
import type { RoomStore } from '../shared/room-store/room-store.ts'
import type { Room } from './sfu/room.ts'

/** Rooms that are looked up at once. */
const CONCURRENCY = 8

/** How long a store that is away is left alone. */
const RETRY_MS = 1_000

export type RoomLookUpsOptions = {
  readonly nodeId: string
  readonly roomStore: Pick<RoomStore, 'read'>
  /** The room is another media node's, or of a newer epoch, by the store. */
  readonly moved: (room: Room, epoch: number) => void
  readonly clock: Clock
  readonly logger: Logger
}

/** Asks the room store, which has the truth, whether rooms still are this media node's. */
export class RoomLookUps {
  readonly #options: RoomLookUpsOptions
  readonly #waiting = new Set<Room>()
  #underWay = 0
  #cancelRetry: (() => void) | undefined
  #closed = false

  constructor(options: RoomLookUpsOptions) {
    this.#options = options
  }

  /** Looks these up, from now on if they have been looked up before. */
  lookUp(rooms: readonly Room[]): void {
    for (const room of rooms) this.#waiting.add(room)
    this.#next()
  }

  close(): void {
    this.#closed = true
    this.#cancelRetry?.()
    this.#waiting.clear()
  }

  #next(): void {
    if (this.#closed || this.#cancelRetry !== undefined) return
    for (const room of this.#waiting) {
      if (this.#underWay >= CONCURRENCY) return
      this.#waiting.delete(room)
      if (room.closeReason === undefined) void this.#ask(room)
    }
  }

  async #ask(room: Room): Promise<void> {
    const { roomStore, nodeId, moved, logger } = this.#options
    this.#underWay += 1
    try {
      const stored = await roomStore.read(room.id)
      // A room that is not stored has expired, which is no reason to end a call.
      const elsewhere = stored !== undefined && (stored.nodeId !== nodeId || stored.epoch > room.epoch)
      if (elsewhere && !this.#closed) moved(room, stored.epoch)
    } catch (error) {
      logger.warn({ err: error }, 'a room could not be looked up; trying again')
      this.#retryLater(room)
    }
    this.#underWay -= 1
    this.#next()
  }

  #retryLater(room: Room): void {
    if (this.#closed) return
    this.#waiting.add(room)
    this.#cancelRetry ??= this.#options.clock.after(RETRY_MS, () => {
      this.#cancelRetry = undefined
      this.#next()
    })
  }
}
