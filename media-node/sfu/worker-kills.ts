import type { Clock } from '../../shared/clock.ts'
import { CallError } from '../../shared/protocol/error-code.ts'

/** Whose packet or request it was. */
export type Sender = { readonly roomId: string; readonly participantId: string }

/** A room whose participants make workers die so often within this time is banned. */
const KILLS = 2
const WINDOW_MS = 60_000

export const BAN_MS = 10 * 60_000

/** Rooms and participants remembered; beyond this the ones that killed longest ago are forgotten. */
const CAPACITY = 10_000

type RoomKills = { readonly at: readonly number[]; readonly bannedUntil: number }

export type KillCount = {
  /** By this participant since this media node started. */
  readonly byParticipant: number
  /** Whether this one had the room banned. */
  readonly bans: boolean
}

/**
 * Counts the media workers that died while they handled what somebody sent. Everybody on such a worker is cut off for a
 * moment, whatever room they are in, so a room that goes on to kill workers is kept out.
 */
export class WorkerKills {
  readonly #clock: Clock
  readonly #rooms = new Map<string, RoomKills>()
  readonly #participants = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Rooms and participants remembered. */
  get size(): number {
    return this.#rooms.size + this.#participants.size
  }

  record({ roomId, participantId }: Sender): KillCount {
    const now = this.#clock.now()
    const byParticipant = (this.#participants.get(participantId) ?? 0) + 1
    remember(this.#participants, participantId, byParticipant)
    const known = this.#rooms.get(roomId)
    const at = [...(known?.at ?? []).filter((then) => then > now - WINDOW_MS), now].slice(-KILLS)
    const bans = at.length >= KILLS
    remember(this.#rooms, roomId, { at, bannedUntil: bans ? now + BAN_MS : (known?.bannedUntil ?? 0) })
    return { byParticipant, bans }
  }

  /** @throws CallError `room_closed` while the room is banned */
  check(roomId: string): void {
    const until = this.#rooms.get(roomId)?.bannedUntil ?? 0
    if (until > this.#clock.now()) {
      throw new CallError('room_closed', 'The room is closed: its participants made media workers die.')
    }
  }
}

function remember<V>(memory: Map<string, V>, id: string, value: V): void {
  memory.delete(id)
  memory.set(id, value)
  for (const oldest of memory.keys()) {
    if (memory.size <= CAPACITY) break
    memory.delete(oldest)
  }
}
