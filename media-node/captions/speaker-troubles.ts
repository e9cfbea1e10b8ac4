import type { Clock } from '../../shared/clock.ts'
import type { LaneStatus } from './lane-messages.ts'

/** What may be wrong with the captions of a speaker for a while, the gravest first: that one is told. */
const TROUBLES = [
  'refused',
  'engine_unavailable',
  'lane_lost',
  'overloaded',
  'engine_slow',
  'not_understood',
  'fallback_engine',
] as const

/** `refused`: every engine says no. It is probed all the same, and tells no more than that captions are missing. */
export type Trouble = (typeof TROUBLES)[number]

/** Who has been well for so long is well again: what comes and goes is told once. */
export const WELL_AGAIN_MS = 3_000

/** Tells a speaker's readers what is wrong: one trouble of those at hand, each change once, and when all are over. */
export class SpeakerTroubles {
  readonly #clock: Clock
  readonly #tell: (status: LaneStatus) => void
  readonly #present = new Set<Trouble>()
  #told: Trouble | undefined
  #cancelWell: (() => void) | undefined

  constructor(parts: { clock: Clock; tell: (status: LaneStatus) => void; told?: Trouble | undefined }) {
    this.#clock = parts.clock
    this.#tell = parts.tell
    this.#told = parts.told
    if (parts.told !== undefined) this.#present.add(parts.told)
  }

  /** Returns whether the trouble is new. */
  begin(trouble: Trouble): boolean {
    if (this.#present.has(trouble)) return false
    this.#present.add(trouble)
    this.#review()
    return true
  }

  end(...troubles: readonly Trouble[]): void {
    const ended = troubles.filter((trouble) => this.#present.delete(trouble))
    if (ended.length > 0) this.#review()
  }

  close(): void {
    this.#cancelWell?.()
    this.#cancelWell = undefined
  }

  #review(): void {
    this.close()
    const gravest = TROUBLES.find((trouble) => this.#present.has(trouble))
    if (gravest === this.#told) return
    if (gravest === undefined) {
      this.#cancelWell = this.#clock.after(WELL_AGAIN_MS, () => this.#well())
      return
    }
    this.#told = gravest
    this.#tell(
      gravest === 'refused'
        ? { status: 'failed', reason: 'engine_unavailable' }
        : { status: 'degraded', reason: gravest },
    )
  }

  #well(): void {
    this.#told = undefined
    this.#tell({ status: 'resumed' })
  }
}
