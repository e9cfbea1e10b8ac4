import { OpusDecoder } from 'opus-decoder'
import { joined } from './speech-like.ts'

/** What a decoder that shares nothing with ours makes of one stream: 16 kHz mono, a packet at a time. */
export async function decodedIndependently(packets: readonly Uint8Array[]): Promise<Int16Array[]> {
  const decoder = new OpusDecoder({ sampleRate: 16_000, channels: 1 })
  await decoder.ready
  const decoded = packets.map((packet) => {
    const [samples] = decoder.decodeFrame(packet).channelData
    return Int16Array.from(samples ?? [], toInt16)
  })
  decoder.free()
  return decoded
}

export async function independentSound(packets: readonly Uint8Array[]): Promise<Int16Array> {
  return joined(...(await decodedIndependently(packets)))
}

/** As libopus does it (`FLOAT2INT16`). */
function toInt16(sample: number): number {
  return Math.max(-32768, Math.min(32767, Math.floor(sample * 32768 + 0.5)))
}
