import type { TranslationFailure } from './translation/translator.ts'

/** One text on its way through the translator. Exactly one of these is called, once. */
export type TranslationAttempt = {
  succeeded(): void
  failed(kind: TranslationFailure['kind']): void
  /** Nobody waited for the answer any more. */
  abandoned(): void
}

/** Failures in a row after which a translator is left alone. */
const MAX_FAILURES = 3
const FIRST_REST_MS = 1_000
const LONGEST_REST_MS = 60_000

/**
 * Leaves a translator alone that does not answer: after each rest, twice as long as the one before, one text is tried. One
 * that refuses us rests for the longest time at once.
 */
export class TranslatorBreaker {
  readonly #now: () => number
  #failures = 0
  /** While the translator rests; `until` is in the milliseconds of `now`. */
  #rest: { readonly until: number; readonly ms: number } | undefined
  #trying = false

  /** `now` is in monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  get resting(): boolean {
    return this.#rest !== undefined
  }

  /** Undefined while the translator rests. */
  attempt(): TranslationAttempt | undefined {
    if (this.#rest === undefined) {
      return { succeeded: () => this.#works(), failed: (kind) => this.#fails(kind), abandoned: () => undefined }
    }
    if (this.#trying || this.#now() < this.#rest.until) return undefined
    return this.#try(this.#rest.ms)
  }

  #try(restedMs: number): TranslationAttempt {
    this.#trying = true
    const tried = () => {
      this.#trying = false
    }
    return {
      abandoned: tried,
      succeeded: () => {
        tried()
        this.#works()
      },
      failed: (kind) => {
        tried()
        this.#restFor(kind === 'refused' ? LONGEST_REST_MS : 2 * restedMs)
      },
    }
  }

  #works(): void {
    this.#failures = 0
    this.#rest = undefined
  }

  #fails(kind: TranslationFailure['kind']): void {
    if (this.#rest !== undefined) return
    this.#failures += 1
    if (kind === 'refused') this.#restFor(LONGEST_REST_MS)
    else if (this.#failures >= MAX_FAILURES) this.#restFor(FIRST_REST_MS)
  }

  #restFor(wantedMs: number): void {
    const ms = Math.min(wantedMs, LONGEST_REST_MS)
    this.#rest = { until: this.#now() + ms, ms }
  }
}
