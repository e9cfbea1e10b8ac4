import type { PlainTransport } from 'mediasoup/types'
import type { SourceProducer } from '../../../media-node/sfu/producers.ts'
import { Taps } from '../../../media-node/sfu/taps.ts'
import type { RouterHome, WorkerPool } from '../../../media-node/sfu/worker-pool.ts'
import { SeededRandom } from '../../seeded-random.ts'
import { AUDIO_LEVEL_ID, FRAME_MS, PAYLOAD_TYPE, type SenderStream } from './sender-plan.ts'

/** A room of the SFU whose speakers send RTP to one UDP port, as those of a worker do. */
export type SpeakerRoom = {
  readonly router: RouterHome['router']
  readonly taps: Taps
  readonly producers: readonly SourceProducer[]
}

export type Speakers = {
  readonly rooms: readonly SpeakerRoom[]
  /** In the order of the rooms and their producers. */
  readonly streams: readonly SenderStream[]
  close(): void
}

const SPEAKERS_PER_ROOM = 10
const SEED = 1
/** How many ticks of RTP's clock lie between two possible first timestamps; anything that is not a whole packet. */
const TIMESTAMP_GRAIN = 37

/**
 * Rooms of ten with `count` speakers in all, in different places of the speech and out of step with one another.
 * @param trackFrames of each track of speech
 */
export async function openSpeakers(pool: WorkerPool, count: number, trackFrames: readonly number[]): Promise<Speakers> {
  const random = new SeededRandom(SEED)
  const rooms: SpeakerRoom[] = []
  const streams: SenderStream[] = []
  while (streams.length < count) {
    const { router } = await pool.createRouter()
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      comedia: true,
    })
    const producers: SourceProducer[] = []
    while (producers.length < SPEAKERS_PER_ROOM && streams.length < count) {
      const track = streams.length % trackFrames.length
      const stream = {
        port: transport.tuple.localPort,
        ssrc: 1_000 + streams.length,
        firstTimestamp: random.below(1e6) * TIMESTAMP_GRAIN,
        firstSequenceNumber: random.below(65_536),
        track,
        firstFrame: random.below(trackFrames[track] ?? 1),
        phaseMs: (FRAME_MS * streams.length) / count,
      }
      producers.push(await produce(transport, stream))
      streams.push(stream)
    }
    rooms.push({ router, taps: new Taps(router), producers })
  }
  return {
    rooms,
    streams,
    close() {
      for (const { taps, router } of rooms) {
        taps.close()
        router.close()
      }
    },
  }
}

function produce(transport: PlainTransport, { ssrc }: SenderStream): Promise<SourceProducer> {
  return transport.produce({
    kind: 'audio',
    rtpParameters: {
      codecs: [{ mimeType: 'audio/opus', payloadType: PAYLOAD_TYPE, clockRate: 48_000, channels: 2 }],
      headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: AUDIO_LEVEL_ID }],
      encodings: [{ ssrc }],
    },
    appData: { participantId: `speaker-${ssrc}`, source: 'microphone' as const },
  })
}
