import type { Context } from 'hono'
import type { Room } from '../shared/api.ts'
import type { Clock } from '../shared/clock.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import type { GuestSettings } from './guest-settings.ts'
import { RateLimiter, refuseWhile } from './rate-limiter.ts'

/** Characters of all keys and values of the metadata together. */
const MAX_METADATA_CHARACTERS = 2_048

/** Of rooms that guests bring to other media nodes by joining them, so many per minute and address count as load at once. */
const MOVES_PER_MINUTE = 30

type Asked = Pick<Room, 'emptyTimeoutSeconds' | 'maxParticipants' | 'metadata'>

/**
 * What guests may not have more of: rooms, what a room asks for, and tries at names. Callers that are trusted have no such
 * limits. Each guest counts by their address, as everywhere.
 */
export class GuestLimits {
  readonly #settings: GuestSettings
  readonly #rooms: RateLimiter
  readonly #misses: RateLimiter
  readonly #moves: RateLimiter

  constructor(settings: GuestSettings, clock: Clock) {
    this.#settings = settings
    this.#rooms = new RateLimiter(settings.GUEST_ROOMS_PER_MINUTE, clock)
    this.#misses = new RateLimiter(settings.GUEST_MISSES_PER_MINUTE, clock)
    this.#moves = new RateLimiter(MOVES_PER_MINUTE, clock)
  }

  /** Counts a try at making a room. @throws CallError `bad_request` when it asks for too much, or `rate_limited` */
  makeRoom(c: Context, { emptyTimeoutSeconds, maxParticipants, metadata }: Asked): void {
    if (c.var.caller.trusted) return
    const { GUEST_EMPTY_TIMEOUT_SECONDS, GUEST_MAX_PARTICIPANTS } = this.#settings
    const characters = Object.entries(metadata).reduce((sum, [key, value]) => sum + key.length + value.length, 0)
    atMost('emptyTimeoutSeconds', emptyTimeoutSeconds, GUEST_EMPTY_TIMEOUT_SECONDS)
    atMost('maxParticipants', maxParticipants, GUEST_MAX_PARTICIPANTS)
    atMost('metadata: characters in all', characters, MAX_METADATA_CHARACTERS)
    refuseWhile(c, this.#rooms.admit(c.var.caller.name))
  }

  /**
   * Runs a search for a room by its name. It counts from the start, or many at once would all pass, and no more when there
   * is such a room.
   *
   * @throws CallError `rate_limited` while the caller has asked for too many rooms that were not there
   */
  async tryName<T>(c: Context, search: () => Promise<T>): Promise<T> {
    const { name, trusted } = c.var.caller
    if (!trusted) refuseWhile(c, this.#misses.admit(name))
    let isMiss = false
    try {
      return await search()
    } catch (error) {
      isMiss = error instanceof CallError && error.code === 'room_not_found'
      throw error
    } finally {
      if (!trusted && !isMiss) this.#misses.giveBack(name)
    }
  }

  /** The caller showed a token that is not good for the room. */
  missed(c: Context): void {
    if (!c.var.caller.trusted) this.#misses.admit(c.var.caller.name)
  }

  /** Whether a room that leaves its media node for this caller counts as load where it goes, before it has opened there. */
  countsMove(c: Context): boolean {
    return c.var.caller.trusted || this.#moves.admit(c.var.caller.name) === 0
  }
}

function atMost(what: string, value: number, most: number): void {
  if (value > most) throw new CallError('bad_request', `${what}: at most ${most} without an API key`)
}
