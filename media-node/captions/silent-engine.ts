/** So much speech without a single word in it is told. */
export const NOT_UNDERSTOOD_MS = 10_000
/** Speech from before is forgotten, so that now and then a noise does not add up to it. */
const WINDOW_MS = 60_000

/** Adds up one speaker's speech of which an engine that answers has understood nothing. Times are monotonic milliseconds. */
export class SilentEngine {
  #utterances: { readonly endedAt: number; readonly ms: number }[] = []

  /** An utterance has no words. Returns whether by now there has been too much speech without any. */
  nothingIn(utterance: { readonly startedAt: number; readonly heardUntil: number }, now: number): boolean {
    const { startedAt, heardUntil } = utterance
    this.#utterances = this.#utterances.filter(({ endedAt }) => now - endedAt < WINDOW_MS)
    this.#utterances.push({ endedAt: now, ms: Math.max(0, heardUntil - startedAt) })
    return this.#utterances.reduce((sum, { ms }) => sum + ms, 0) >= NOT_UNDERSTOOD_MS
  }

  wordsCame(): void {
    this.#utterances = []
  }
}
