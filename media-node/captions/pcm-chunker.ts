import { OPUS_CLOCK_HZ } from './opus-packet.ts'

/** 100 ms, the portion in which engines are fed. */
export const CHUNK_TICKS = OPUS_CLOCK_HZ / 10
/** Ticks of the RTP clock per sample of 16 kHz. */
const TICKS_PER_SAMPLE = 3

export type PcmChunk = { readonly pcm: Int16Array; readonly endTicks: number }

/**
 * Cuts the sound of an utterance into chunks that end at whole tenths of a second of the RTP clock, so that the lane
 * cuts where the batches are handed over. Only the first and the last chunk of an utterance are shorter.
 */
export class PcmChunker {
  readonly #buffer = new Int16Array(CHUNK_TICKS / TICKS_PER_SAMPLE)
  #length = 0
  #endTicks = 0
  #capacity = 0

  /** Begins an utterance at this place of the RTP clock. */
  begin(ticks: number): void {
    this.#length = 0
    this.#endTicks = ticks
    this.#capacity = samplesToBoundary(ticks)
  }

  /** Appends sound and returns the chunks that it completes. */
  append(pcm: Int16Array): PcmChunk[] {
    const chunks: PcmChunk[] = []
    for (let offset = 0; offset < pcm.length; ) {
      const part = pcm.subarray(offset, offset + this.#capacity - this.#length)
      this.#buffer.set(part, this.#length)
      this.#length += part.length
      this.#endTicks += part.length * TICKS_PER_SAMPLE
      offset += part.length
      if (this.#length === this.#capacity) chunks.push(...this.end())
    }
    return chunks
  }

  /** What is left over when the utterance ends. */
  end(): PcmChunk[] {
    if (this.#length === 0) return []
    const chunk = { pcm: this.#buffer.slice(0, this.#length), endTicks: this.#endTicks }
    this.#length = 0
    this.#capacity = samplesToBoundary(this.#endTicks)
    return [chunk]
  }
}

function samplesToBoundary(ticks: number): number {
  const past = ((ticks % CHUNK_TICKS) + CHUNK_TICKS) % CHUNK_TICKS
  return Math.ceil((CHUNK_TICKS - past) / TICKS_PER_SAMPLE)
}
