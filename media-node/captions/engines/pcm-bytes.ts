import { endianness } from 'node:os'

export const SAMPLE_RATE = 16_000
export const SAMPLES_PER_MS = 16

const HOST_IS_LITTLE_ENDIAN = endianness() === 'LE'

/** Samples as signed 16-bit little-endian bytes: a copy, since who writes keeps the samples. */
export function pcmBytes(pcm: Int16Array): Buffer {
  const bytes = Buffer.from(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength))
  return HOST_IS_LITTLE_ENDIAN ? bytes : bytes.swap16()
}
