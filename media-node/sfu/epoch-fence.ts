import type { Clock } from '../../shared/clock.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import { issuedAt, type JoinGrant, TOKEN_TTL_SECONDS } from '../../shared/token.ts'

/** Longer than any token lives, clock tolerance included: what is older is kept out by its expiry. */
const MEMORY_MS = (TOKEN_TTL_SECONDS + 10) * 1_000

/** Rooms remembered after they went; beyond this the oldest are forgotten early. */
const CAPACITY = 100_000

type Memory = { readonly epoch: number; readonly buriedAt: number | undefined; readonly forgetAt: number }

/**
 * Remembers rooms that went, for as long as a token for them may still turn up, so that no token opens an epoch again
 * that this media node has left behind.
 */
export class EpochFence {
  readonly #clock: Clock
  readonly #memories = new Map<string, Memory>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#memories.size
  }

  /** The room went, and may come back at this epoch or a newer one. */
  left(roomId: string, epoch: number): void {
    const known = this.#memories.get(roomId)
    this.#remember(roomId, Math.max(epoch, known?.epoch ?? 0), known?.buriedAt)
  }

  /** The room was closed for good. The same id may be used for another room, whose tokens are newer than this. */
  bury(roomId: string, epoch: number): void {
    this.#remember(roomId, epoch, this.#clock.now())
  }

  /** @throws CallError `stale_allocation` or `room_closed` */
  check(grant: JoinGrant): void {
    const memory = this.#memories.get(grant.roomId)
    if (memory === undefined || memory.forgetAt <= this.#clock.now()) return
    const afterBurial = memory.buriedAt !== undefined && issuedAt(grant) > memory.buriedAt
    if (afterBurial || grant.epoch > memory.epoch) return
    if (memory.buriedAt !== undefined) throw new CallError('room_closed', 'The room has been closed.')
    if (grant.epoch < memory.epoch) throw new CallError('stale_allocation', 'The room has been allocated again.')
  }

  #remember(roomId: string, epoch: number, buriedAt: number | undefined): void {
    const now = this.#clock.now()
    this.#memories.delete(roomId)
    this.#memories.set(roomId, { epoch, buriedAt, forgetAt: now + MEMORY_MS })
    for (const [id, { forgetAt }] of this.#memories) {
      if (forgetAt > now && this.#memories.size <= CAPACITY) break
      this.#memories.delete(id)
    }
  }
}
