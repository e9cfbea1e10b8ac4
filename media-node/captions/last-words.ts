import type { Clock } from '../../shared/clock.ts'
import type { CaptionMetrics } from './caption-metrics.ts'

export type LastWordsOptions = {
  readonly clock: Clock
  readonly count: CaptionMetrics['count']
}

/**
 * How long the text of what was heard is waited for once there is no more sound. An engine that works answers within a second or
 * two; one that failed and is tried again, or a lane that died and is replaced, often does within five.
 */
export const LAST_WORDS_MS = 5_000
/** Of a whole media node: a large meeting that ends. Beyond, those who have waited longest are given up. */
export const MAX_WAITING = 500

/** Who is heard no more and whose last words have no text yet, on a whole media node: so many and for so long at most. */
export class LastWords {
  readonly #options: LastWordsOptions
  /** What gives each of them up, longest waiting first. */
  readonly #waiting = new Set<() => void>()
  #whenNone: (() => void) | undefined

  constructor(options: LastWordsOptions) {
    this.#options = options
  }

  /** Calls `giveUp` when the time is over or too many wait, unless the returned function is called before. */
  wait(giveUp: () => void): () => void {
    const { clock, count } = this.#options
    const lose = () => {
      done()
      count('last_words_lost', 1)
      giveUp()
    }
    const cancel = clock.after(LAST_WORDS_MS, lose)
    const done = () => {
      cancel()
      this.#waiting.delete(lose)
      if (this.#waiting.size === 0) this.#whenNone?.()
    }
    this.#waiting.add(lose)
    const [longest] = this.#waiting
    if (this.#waiting.size > MAX_WAITING) longest?.()
    return done
  }

  /** Resolves when nobody waits; after `ms` milliseconds all are given up. */
  async over(ms: number): Promise<void> {
    if (this.#waiting.size === 0) return
    const none = Promise.withResolvers<void>()
    this.#whenNone = none.resolve
    const cancel = this.#options.clock.after(ms, () => this.#giveUp())
    await none.promise
    cancel()
  }

  #giveUp(): void {
    for (const lose of [...this.#waiting]) lose()
  }
}
