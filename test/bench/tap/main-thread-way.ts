import { monotonicMs } from '../../../media-node/captions/monotonic-clock.ts'
import { type OpusDecoder, OpusDecoders } from '../../../media-node/captions/opus-decoder.ts'
import { parseRtpPacket } from '../../../media-node/captions/rtp-packet.ts'
import { DoorLog, pcmHash } from './door-log.ts'
import { TapTimes } from './tap-times.ts'
import type { Way, WayOptions } from './way.ts'

const CHUNK_SAMPLES = 1_600

/**
 * The way that most who tap mediasoup take: every packet is decoded on the main thread the moment it comes, and every
 * 100 ms of sound are handed on. The decoders are the product's.
 */
export async function mainThreadWay({ rooms, firstTimestamps, packets }: WayOptions): Promise<Way> {
  const times = new TapTimes(firstTimestamps, packets)
  const log = new DoorLog()
  const heaps = [new OpusDecoders()]
  const decoders: OpusDecoder[] = []
  for (const { taps, producers } of rooms) {
    for (const producer of producers) {
      const stream = decoders.length
      const decoder = openDecoder(heaps)
      const hear = listener(decoder, (pcm) =>
        log.add({ stream, utterance: 0, samples: pcm.length, hash: pcmHash(pcm), at: monotonicMs() }),
      )
      await taps.tap(producer, (packet) => {
        times.note(stream, packet)
        hear(packet)
      })
      decoders.push(decoder)
    }
  }
  return {
    name: 'main thread',
    tappedAt: times.at,
    losses: () => new Map(),
    ownUse: async () => ({ cpuMs: 0, memory: 0 }),
    arrivals: async () => [log.cells()],
    async stop() {
      for (const { taps } of rooms) taps.close()
      for (const decoder of decoders) decoder.close()
    },
  }
}

/** A heap holds so many decoders only. */
function openDecoder(heaps: OpusDecoders[]): OpusDecoder {
  const decoder = heaps.at(-1)?.open()
  if (decoder !== undefined) return decoder
  heaps.push(new OpusDecoders())
  return openDecoder(heaps)
}

function listener(decoder: OpusDecoder, chunk: (pcm: Int16Array) => void): (packet: Buffer) => void {
  const buffer = new Int16Array(CHUNK_SAMPLES)
  let length = 0
  return (bytes) => {
    const packet = parseRtpPacket(bytes, undefined)
    const pcm = packet && decoder.decode(packet.payload)
    if (pcm === undefined) return
    buffer.set(pcm.subarray(0, CHUNK_SAMPLES - length), length)
    length += pcm.length
    if (length < CHUNK_SAMPLES) return
    chunk(buffer)
    length = 0
  }
}
