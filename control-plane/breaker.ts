import type { Clock } from '../shared/clock.ts'
import { CallError } from '../shared/protocol/error-code.ts'

export type BreakerOptions = {
  readonly clock: Clock
  /** After a failure nothing is asked for this long, and then only `check`. */
  readonly retryMs: number
  /** Resolves when what was away is back. */
  readonly check: () => Promise<void>
}

/**
 * Keeps callers from waiting for something that is away: after one `unavailable` all others are refused with `unavailable`
 * at once. From time to time a call has it looked whether it is back, and does not wait for that either.
 */
export class Breaker {
  readonly #options: BreakerOptions
  #checkAt: number | undefined
  #answeredAt: number | undefined
  #answers = 0

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#checkAt !== undefined
  }

  /** When something was last answered; undefined before the first time. */
  get answeredAt(): number | undefined {
    return this.#answeredAt
  }

  /** Makes the call, unless the last one failed lately. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#checkAt !== undefined) {
      this.#checkIfDue(this.#checkAt)
      throw new CallError('unavailable', 'Not asked, since it did not answer a moment ago.')
    }
    return this.#try(call)
  }

  #checkIfDue(dueAt: number): void {
    const { clock, retryMs, check } = this.#options
    if (clock.now() < dueAt) return
    this.#checkAt = clock.now() + retryMs
    this.#try(check).catch(() => undefined)
  }

  async #try<T>(call: () => Promise<T>): Promise<T> {
    const { clock, retryMs } = this.#options
    const before = this.#answers
    try {
      const answer = await call()
      this.#answers += 1
      this.#answeredAt = clock.now()
      this.#checkAt = undefined
      return answer
    } catch (error) {
      // A call that was under way for long says nothing if others have been answered meanwhile.
      const isNews = before === this.#answers
      if (isNews && error instanceof CallError && error.code === 'unavailable') this.#checkAt = clock.now() + retryMs
      throw error
    }
  }
}
