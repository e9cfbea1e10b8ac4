import { createSocket, type Socket } from 'node:dgram'
import type { PlainTransport, RtpEncodingParameters, Worker } from 'mediasoup/types'
import type { Clock } from '../../shared/clock.ts'
import { withDeadline } from '../../shared/deadline.ts'
import type { SpawnWorker } from './spawn-worker.ts'

/** A worker takes some 25 ms; one that needs longer than this hangs. */
const DEADLINE_MS = 10_000

const LOOPBACK = '127.0.0.1'
const OPUS = { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }
const PAYLOAD_TYPE = 100
const MID = 'a'
const RID = 'r'

/** Header extensions by the ids that the packets carry them with. */
const EXTENSIONS = {
  mid: { id: 1, uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' },
  rid: { id: 2, uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id' },
  level: { id: 3, uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level' },
} as const

type Packet = {
  readonly ssrc: number
  readonly extensions?: Partial<Record<keyof typeof EXTENSIONS, string>>
}

/** What made a worker die once: any participant may describe an encoding so, and send such packets. */
export type HostilePackets = {
  readonly name: string
  readonly encoding: RtpEncodingParameters
  readonly packets: readonly Packet[]
}

export const hostilePackets: readonly HostilePackets[] = [
  {
    name: 'a header extension of length 0',
    encoding: { ssrc: 1 },
    packets: [{ ssrc: 1, extensions: { level: '' } }],
  },
  {
    name: 'SSRC 0 after a stream that was found by its MID',
    encoding: {},
    packets: [
      { ssrc: 2, extensions: { mid: MID } },
      { ssrc: 0, extensions: { mid: MID } },
    ],
  },
  {
    name: 'a stream found by its RID, then one by the SSRC of the same encoding',
    encoding: { ssrc: 3, rid: RID },
    packets: [{ ssrc: 4, extensions: { mid: MID, rid: RID } }, { ssrc: 3 }],
  },
]

/**
 * Whether a media worker of its own outlives packets that are known to have ended workers. One that dies, hangs or
 * cannot be asked does not. They come by plain RTP from this process, since the parsers are the same behind DTLS.
 */
export async function survives(
  spawnWorker: SpawnWorker,
  clock: Clock,
  hostile: readonly HostilePackets[] = hostilePackets,
): Promise<boolean> {
  const { worker, ended } = await spawnWorker(() => undefined)
  const socket = createSocket('udp4')
  const died = new Promise<boolean>((resolve) => worker.once('died', () => resolve(false)))
  const replayed = replayAll(worker, socket, hostile).then(
    () => !worker.died,
    () => false,
  )
  const late = () => new Error('The media worker hangs.')
  try {
    return await withDeadline(clock, DEADLINE_MS, Promise.race([died, replayed]), late)
  } catch {
    return false
  } finally {
    socket.close()
    worker.close()
    await withDeadline(clock, DEADLINE_MS, ended, late).catch(() => undefined)
  }
}

async function replayAll(worker: Worker, socket: Socket, hostile: readonly HostilePackets[]): Promise<void> {
  const router = await worker.createRouter({ mediaCodecs: [{ kind: 'audio', ...OPUS }] })
  for (const { encoding, packets } of hostile) {
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: LOOPBACK },
      comedia: true,
    })
    await transport.produce({
      kind: 'audio',
      rtpParameters: {
        mid: MID,
        codecs: [{ ...OPUS, payloadType: PAYLOAD_TYPE }],
        encodings: [encoding],
        headerExtensions: Object.values(EXTENSIONS),
      },
    })
    await replay(packets.map(encode), transport, socket)
  }
}

/** Resolves when the worker has handled all of them and still answers. */
async function replay(packets: readonly Buffer[], transport: PlainTransport, socket: Socket): Promise<void> {
  for (const packet of packets) await send(socket, packet, transport.tuple.localPort)
  const sent = packets.reduce((sum, { length }) => sum + length, 0)
  const received = async () => (await transport.getStats()).reduce((sum, { bytesReceived }) => sum + bytesReceived, 0)
  while ((await received()) < sent);
}

function send(socket: Socket, packet: Buffer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(packet, port, LOOPBACK, (error) => (error === null ? resolve() : reject(error)))
  })
}

/** An RTP packet (RFC 3550 §5.1) with header extensions of the two-byte form (RFC 8285 §4.3). */
function encode({ ssrc, extensions = {} }: Packet, sequence: number): Buffer {
  const elements = Object.entries(EXTENSIONS).flatMap(([name, { id }]) => {
    const value = Object.entries(extensions).find(([given]) => given === name)?.[1]
    return value === undefined ? [] : [Buffer.from([id, value.length]), Buffer.from(value)]
  })
  const body = Buffer.concat(elements)
  const words = Math.ceil(body.length / 4)
  const header = Buffer.alloc(12 + (words === 0 ? 0 : 4 + words * 4))
  header.writeUInt8(words === 0 ? 0x80 : 0x90, 0)
  header.writeUInt8(PAYLOAD_TYPE, 1)
  header.writeUInt16BE(sequence, 2)
  header.writeUInt32BE(sequence * 960, 4)
  header.writeUInt32BE(ssrc, 8)
  if (words > 0) {
    header.writeUInt16BE(0x1000, 12)
    header.writeUInt16BE(words, 14)
    body.copy(header, 16)
  }
  return Buffer.concat([header, Buffer.alloc(20, 1)])
}
