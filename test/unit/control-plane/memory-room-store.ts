import type { Room } from '../../../shared/api.ts'
import type { Clock } from '../../../shared/clock.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'
import { type Allocation, type NewRoom, ROOM_TTL_MS, type RoomStore } from '../../../shared/room-store/room-store.ts'

type Kept = { readonly room: Room; readonly expiresAt: number }

/** A room store in memory, kept to the same contract as the real one, that can be sent away and made to hang. */
export class MemoryRoomStore implements RoomStore {
  readonly #rooms = new Map<string, Kept>()
  readonly #clock: Clock
  #state: 'there' | 'away' | 'hanging' = 'there'

  constructor(clock: Clock) {
    this.#clock = clock
  }

  goAway(): void {
    this.#state = 'away'
  }

  hang(): void {
    this.#state = 'hanging'
  }

  async create(newRoom: NewRoom): Promise<Allocation> {
    await this.#answering()
    const present = this.#present(newRoom.roomId)
    if (present) return { won: false, room: present }
    const before = this.#rooms.get(newRoom.roomId)?.room.epoch ?? 0
    return { won: true, room: this.#keep({ ...newRoom, epoch: before + 1 }) }
  }

  async read(roomId: string): Promise<Room | undefined> {
    await this.#answering()
    return this.#present(roomId)
  }

  async allocate(roomId: string, epoch: number, nodeId: string): Promise<Allocation> {
    await this.#answering()
    const present = this.#present(roomId)
    if (!present) throw new CallError('room_not_found', 'There is no such room.')
    if (present.epoch !== epoch) return { won: false, room: present }
    return { won: true, room: this.#keep({ ...present, nodeId, epoch: epoch + 1 }) }
  }

  async touch(roomId: string): Promise<void> {
    await this.#answering()
    const present = this.#present(roomId)
    if (present) this.#keep(present)
  }

  async remove(roomId: string): Promise<Room | undefined> {
    await this.#answering()
    const present = this.#present(roomId)
    if (present) this.#rooms.set(roomId, { room: present, expiresAt: 0 })
    return present
  }

  ping(): Promise<void> {
    return this.#answering()
  }

  close(): void {
    this.#rooms.clear()
  }

  #keep(room: Room): Room {
    this.#rooms.set(room.roomId, { room, expiresAt: this.#clock.now() + ROOM_TTL_MS })
    return room
  }

  #present(roomId: string): Room | undefined {
    const kept = this.#rooms.get(roomId)
    return kept && kept.expiresAt > this.#clock.now() ? kept.room : undefined
  }

  async #answering(): Promise<void> {
    if (this.#state === 'hanging') return new Promise(() => undefined)
    if (this.#state === 'away') throw new CallError('unavailable', 'The room store cannot be reached.')
  }
}
