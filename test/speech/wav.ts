import { readFile } from 'node:fs/promises'

const RIFF_HEADER_BYTES = 12
const CHUNK_HEADER_BYTES = 8

/** The samples of a WAV file of 16-bit mono. */
export async function readWav(path: string): Promise<Int16Array> {
  const file = await readFile(path)
  let offset = RIFF_HEADER_BYTES
  while (file.toString('latin1', offset, offset + 4) !== 'data') {
    offset += CHUNK_HEADER_BYTES + file.readUInt32LE(offset + 4)
    if (offset + CHUNK_HEADER_BYTES > file.length) throw new Error(`${path} has no data chunk`)
  }
  const start = offset + CHUNK_HEADER_BYTES
  const bytes = file.subarray(start, start + file.readUInt32LE(offset + 4))
  return Int16Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readInt16LE(2 * index))
}
