import type { Clock } from '../../shared/clock.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import { issuedAt, type JoinGrant } from '../../shared/token.ts'

/** A token is accepted a little after its expiry, because clocks differ; it is remembered for longer than that. */
const MARGIN_MS = 10_000

/** Tokens remembered at once. Rather than forget one that could be used again, no further joins are taken. */
const CAPACITY = 100_000

/**
 * The join tokens that were used on this media node and are not expired; each is good once. What was used before this
 * process began is not known here, so a token that was issued before is refused.
 */
export class UsedTokens {
  readonly #clock: Clock
  readonly #capacity: number
  readonly #forgetAt = new Map<string, number>()
  /** A token says the second in which it was issued; one of the second in which this began is taken. */
  readonly #since: number

  constructor(clock: Clock, capacity = CAPACITY) {
    this.#clock = clock
    this.#capacity = capacity
    this.#since = Math.floor(clock.now() / 1_000) * 1_000
  }

  get size(): number {
    return this.#forgetAt.size
  }

  /**
   * @throws CallError `token_replayed`, `token_expired` when it was issued before this media node started, or
   *   `rate_limited` when there are too many to remember
   */
  use(grant: JoinGrant): void {
    const { tokenId, expiresAt } = grant
    if (this.#forgetAt.has(tokenId)) throw new CallError('token_replayed', 'The join token has been used before.')
    if (issuedAt(grant) < this.#since)
      throw new CallError('token_expired', 'The join token was issued before this media node started.')
    this.#forgetExpired()
    if (this.#forgetAt.size >= this.#capacity) throw new CallError('rate_limited', 'Too many joins at once.')
    this.#forgetAt.set(tokenId, expiresAt + MARGIN_MS)
  }

  /** Tokens live equally long, so those used first expire first, but for a few that are then kept a little longer. */
  #forgetExpired(): void {
    const now = this.#clock.now()
    for (const [tokenId, forgetAt] of this.#forgetAt) {
      if (forgetAt > now) return
      this.#forgetAt.delete(tokenId)
    }
  }
}
