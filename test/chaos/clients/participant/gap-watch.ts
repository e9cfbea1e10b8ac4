/** A stretch without media, in milliseconds since the Unix epoch. */
export type Gap = { readonly from: number; readonly to: number }

/** What was noticed on one way from one participant's microphone or camera to one client. */
export type WayReport = {
  readonly participantId: string
  readonly source: 'microphone' | 'camera'
  /** When media came last; missing when none has come. */
  readonly last?: number
  readonly gaps: readonly Gap[]
}

/** More gaps than a call can have in the time between two looks. */
const MAX_GAPS = 1_000

/** Notes when media comes and when it did not. */
export class GapWatch {
  readonly #leastMs: number
  #last: number | undefined
  #gaps: Gap[] = []

  /** @param leastMs a shorter gap is none */
  constructor(leastMs: number) {
    this.#leastMs = leastMs
  }

  get last(): number | undefined {
    return this.#last
  }

  get gaps(): readonly Gap[] {
    return this.#gaps
  }

  /** Media has come at this moment. */
  note(at: number): void {
    if (this.#last !== undefined && at - this.#last >= this.#leastMs && this.#gaps.length < MAX_GAPS) {
      this.#gaps.push({ from: this.#last, to: at })
    }
    this.#last = at
  }

  /** Forgets what has ended; a gap that has begun goes on. */
  forget(): void {
    this.#gaps = []
  }
}
