import { createSocket, type Socket } from 'node:dgram'
import type { PlainTransport, Worker } from 'mediasoup/types'
import type { Clock } from '../../shared/clock.ts'
import { withDeadline } from '../../shared/deadline.ts'
import type { RtpParameters } from '../../shared/protocol/rtp.ts'
import type { SpawnWorker } from './spawn-worker.ts'

/** A worker takes some 25 ms; one that needs longer than this hangs. */
const DEADLINE_MS = 10_000

const LOOPBACK = '127.0.0.1'
const CODEC = { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 } as const
const PAYLOAD_TYPE = 100
const MID = 'a'
const RID = 'r'

/** Header extensions by the ids that the packets carry them with. */
const EXTENSIONS = {
  mid: { id: 1, uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' },
  rid: { id: 2, uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id' },
  level: { id: 3, uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level' },
} as const

/** What any participant may send, and what they describe it as. */
export type HostilePackets = {
  readonly name: string
  readonly rtpParameters: RtpParameters
  readonly packets: readonly Buffer[]
}

/** Each made a worker die. */
export const hostilePackets: readonly HostilePackets[] = [
  {
    name: 'a header extension of length 0',
    rtpParameters: rtpParametersOf({ ssrc: 1 }),
    packets: [packetOf({ ssrc: 1, level: '' })],
  },
  {
    name: 'SSRC 0 after a stream that was found by its RID',
    rtpParameters: rtpParametersOf({ rid: RID }),
    packets: [packetOf({ ssrc: 2, mid: MID, rid: RID }), packetOf({ ssrc: 0, mid: MID, rid: RID })],
  },
  {
    name: 'a stream found by its RID, then one by the SSRC of the same encoding',
    rtpParameters: rtpParametersOf({ ssrc: 3, rid: RID }),
    packets: [packetOf({ ssrc: 4, mid: MID, rid: RID }), packetOf({ ssrc: 3 })],
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
  const router = await worker.createRouter({ mediaCodecs: [{ kind: 'audio', ...CODEC }] })
  for (const { rtpParameters, packets } of hostile) {
    const listenInfo = { protocol: 'udp', ip: LOOPBACK } as const
    const transport = await router.createPlainTransport({ listenInfo, comedia: true })
    await transport.produce({ kind: 'audio', rtpParameters })
    await replay(packets, transport, socket)
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

function rtpParametersOf(encoding: { readonly ssrc?: number; readonly rid?: string }): RtpParameters {
  return {
    mid: MID,
    codecs: [{ ...CODEC, payloadType: PAYLOAD_TYPE }],
    headerExtensions: Object.values(EXTENSIONS),
    encodings: [encoding],
  }
}

/** An RTP packet (RFC 3550 §5.1) with header extensions of the two-byte form (RFC 8285 §4.3). */
function packetOf({ ssrc, ...extensions }: { ssrc: number; mid?: string; rid?: string; level?: string }): Buffer {
  const elements = (['mid', 'rid', 'level'] as const).flatMap((name) => {
    const value = extensions[name]
    return value === undefined ? [] : [Buffer.from([EXTENSIONS[name].id, value.length]), Buffer.from(value)]
  })
  const body = Buffer.concat(elements)
  const words = Math.ceil(body.length / 4)
  const header = Buffer.alloc(12 + (words === 0 ? 0 : 4 + words * 4))
  header.writeUInt8(words === 0 ? 0x80 : 0x90, 0)
  header.writeUInt8(PAYLOAD_TYPE, 1)
  header.writeUInt32BE(ssrc, 8)
  if (words > 0) {
    header.writeUInt16BE(0x1000, 12)
    header.writeUInt16BE(words, 14)
    body.copy(header, 16)
  }
  return Buffer.concat([header, Buffer.from('any payload')])
}
