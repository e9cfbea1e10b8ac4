import type { LaneTally } from './lane-tally.ts'
import type { SpeakerTroubles } from './speaker-troubles.ts'

/** So much speech without a single word in it is told. */
export const NOT_UNDERSTOOD_MS = 10_000
/** Speech from before is forgotten, so that now and then a noise does not add up to it. */
const WINDOW_MS = 60_000

export type SilentEngineOptions = {
  readonly troubles: Pick<SpeakerTroubles, 'begin' | 'end'>
  readonly tally: Pick<LaneTally, 'count'>
  /** Monotonic milliseconds. */
  readonly now: () => number
}

/** Adds up one speaker's speech of which an engine that answers has understood nothing, and tells when that is too much. */
export class SilentEngine {
  readonly #options: SilentEngineOptions
  #utterances: { readonly endedAt: number; readonly ms: number }[] = []

  constructor(options: SilentEngineOptions) {
    this.#options = options
  }

  /** An utterance is over and has no words. Its times are monotonic milliseconds. */
  nothingIn({ startedAt, heardUntil }: { readonly startedAt: number; readonly heardUntil: number }): void {
    const { troubles, tally } = this.#options
    const now = this.#options.now()
    this.#utterances = this.#utterances.filter(({ endedAt }) => now - endedAt < WINDOW_MS)
    this.#utterances.push({ endedAt: now, ms: Math.max(0, heardUntil - startedAt) })
    const inAllMs = this.#utterances.reduce((sum, { ms }) => sum + ms, 0)
    if (inAllMs >= NOT_UNDERSTOOD_MS && troubles.begin('not_understood')) tally.count('streams_not_understood', 1)
  }

  wordsCame(): void {
    this.#utterances = []
    this.#options.troubles.end('not_understood')
  }
}
