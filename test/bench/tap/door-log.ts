/** A chunk of PCM at the engine's door; `at` in monotonic milliseconds. */
export type Arrival = {
  readonly stream: number
  /** Counts the utterances of the stream, each of which begins with a new decoder. */
  readonly utterance: number
  readonly samples: number
  readonly hash: number
  readonly at: number
}

const COLUMNS = 5
const FIRST_ROWS = 4_096

/** What came to the engine's door, kept in one growing array so that keeping it costs next to nothing. */
export class DoorLog {
  #cells = new Float64Array(FIRST_ROWS * COLUMNS)
  #length = 0

  add({ stream, utterance, samples, hash, at }: Arrival): void {
    if (this.#length === this.#cells.length) {
      const cells = new Float64Array(2 * this.#length)
      cells.set(this.#cells)
      this.#cells = cells
    }
    this.#cells.set([stream, utterance, samples, hash, at], this.#length)
    this.#length += COLUMNS
  }

  /** All of it, for `readDoorLog`. */
  cells(): Float64Array {
    return this.#cells.slice(0, this.#length)
  }
}

export function readDoorLog(cells: Float64Array): Arrival[] {
  return Array.from({ length: cells.length / COLUMNS }, (_, row) => {
    const [stream = 0, utterance = 0, samples = 0, hash = 0, at = 0] = cells.subarray(
      row * COLUMNS,
      (row + 1) * COLUMNS,
    )
    return { stream, utterance, samples, hash, at }
  })
}

/** FNV-1a over the samples (32 bits): two chunks with the same value are taken for the same. */
export function pcmHash(pcm: Int16Array): number {
  let hash = 0x811c9dc5
  for (const sample of pcm) hash = Math.imul(hash ^ (sample & 0xffff), 0x01000193)
  return hash >>> 0
}
