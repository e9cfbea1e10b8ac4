import type { Room } from '../api.ts'

/** A room as it is first stored; the store gives it its epoch. */
export type NewRoom = Omit<Room, 'epoch'>

/** What `allocate` came to: ours, or what somebody else wrote first. */
export type Allocation = { readonly won: boolean; readonly room: Room }

/** A room is forgotten this long after its last allocation or join. */
export const ROOM_TTL_MS = 24 * 60 * 60 * 1_000

/** The last epoch of a room that was removed is remembered for longer than a token for it or a command about it lives. */
export const REMOVED_ROOM_TTL_MS = 10 * 60 * 1_000

/**
 * Where rooms and their allocations live: the truth. Every call settles within a deadline and rejects with
 * `CallError('unavailable')` when the store cannot be reached. A room past its expiry is as if it were not there.
 */
export type RoomStore = {
  /**
   * Stores the room at epoch 1, or at one more than the room before it of that name had, while that is remembered: so no
   * token and no command for the one is good for the other. Of several concurrent calls exactly one wins; the others get
   * the winner's room.
   */
  create(room: NewRoom): Promise<Allocation>
  read(roomId: string): Promise<Room | undefined>
  /**
   * Moves the room to `nodeId` at `epoch + 1`, if its epoch still is `epoch`; else answers with what is stored.
   * Rejects with `room_not_found` when there is no such room.
   */
  allocate(roomId: string, epoch: number, nodeId: string): Promise<Allocation>
  /** Pushes the expiry of a room that is in use `ROOM_TTL_MS` ahead. A room that is gone stays gone. */
  touch(roomId: string): Promise<void>
  /** Removes the room and answers what was removed; undefined when there was none. */
  remove(roomId: string): Promise<Room | undefined>
  /** Resolves when the store answers and its table is there. */
  ping(): Promise<void>
  close(): void
}
