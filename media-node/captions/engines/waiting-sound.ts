import { pcmBytes, SAMPLES_PER_MS } from './pcm-bytes.ts'

/** Sound that waits for its turn, to be taken in one piece. */
export class WaitingSound {
  readonly #chunks: Buffer[] = []
  #bytes = 0

  get ms(): number {
    return this.#bytes / (2 * SAMPLES_PER_MS)
  }

  /** Copies the samples. */
  add(pcm: Int16Array): void {
    this.#chunks.push(pcmBytes(pcm))
    this.#bytes += pcm.byteLength
  }

  /** The oldest chunks as s16le bytes: no more than `maxMs` of them, but at least one. */
  take(maxMs: number): Buffer {
    const taken: Buffer[] = []
    let bytes = 0
    for (let next = this.#chunks[0]; next !== undefined; next = this.#chunks[0]) {
      if (taken.length > 0 && bytes + next.length > 2 * SAMPLES_PER_MS * maxMs) break
      taken.push(next)
      bytes += next.length
      this.#chunks.shift()
    }
    this.#bytes -= bytes
    return Buffer.concat(taken)
  }
}
