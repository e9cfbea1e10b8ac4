import { Decoder } from '@evan/opus/wasm/index.mjs'
import { joined } from './speech-like.ts'

/**
 * What a decoder that shares nothing with ours makes of one stream: 16 kHz mono, a packet at a time. Its WebAssembly build,
 * because native code may round the last bit of CELT otherwise.
 */
export function decodedIndependently(packets: readonly Uint8Array[]): Int16Array[] {
  const decoder = new Decoder({ channels: 1, sample_rate: 16_000 })
  const sounds = packets.map((packet) => {
    const bytes = decoder.decode(packet)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return Int16Array.from({ length: bytes.length / 2 }, (_, index) => view.getInt16(2 * index, true))
  })
  decoder.drop()
  return sounds
}

export function independentSound(packets: readonly Uint8Array[]): Int16Array {
  return joined(...decodedIndependently(packets))
}
