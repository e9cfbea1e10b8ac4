import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import type { TransportDescription } from '../../shared/protocol/transport.ts'

export type Protocol = 'udp' | 'tcp'

/** The way to one port of a media node, for whole packets. */
export type MediaWire = {
  send(packet: Uint8Array): void
  /** Resolves when more can be sent without a queue of any length. */
  drained(): Promise<void>
  close(): void
}

type Candidate = TransportDescription['iceCandidates'][number]

const FRAME_HEADER_BYTES = 2

export function openWire(
  { protocol, address, port }: Candidate,
  received: (packet: Buffer) => void,
): Promise<MediaWire> {
  return protocol === 'udp' ? udpWire(address, port, received) : tcpWire(address, port, received)
}

async function udpWire(address: string, port: number, received: (packet: Buffer) => void): Promise<MediaWire> {
  const socket = createSocket('udp4', received)
  // Nobody listens there while a dead worker is being replaced.
  socket.on('error', () => undefined)
  socket.connect(port, address)
  await once(socket, 'connect')
  let open = true
  return {
    send: (packet) => {
      if (open) socket.send(packet)
    },
    drained: () => Promise.resolve(),
    close: () => {
      if (open) socket.close()
      open = false
    },
  }
}

/** Each packet with its length before it (RFC 4571). */
async function tcpWire(address: string, port: number, received: (packet: Buffer) => void): Promise<MediaWire> {
  const socket = createConnection(port, address)
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  let rest = Buffer.alloc(0)
  socket.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data])
    for (let end = frameEnd(rest); end <= rest.byteLength; end = frameEnd(rest)) {
      received(rest.subarray(FRAME_HEADER_BYTES, end))
      rest = rest.subarray(end)
    }
  })
  return {
    send: (packet) => {
      const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + packet.byteLength)
      frame.writeUInt16BE(packet.byteLength)
      frame.set(packet, FRAME_HEADER_BYTES)
      // What is sent in one turn leaves with one call of the system.
      if (socket.writableCorked === 0) {
        socket.cork()
        process.nextTick(() => socket.uncork())
      }
      socket.write(frame)
    },
    drained: async () => {
      if (socket.writableNeedDrain) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
    },
    close: () => socket.destroy(),
  }
}

function frameEnd(bytes: Buffer): number {
  return bytes.byteLength < FRAME_HEADER_BYTES ? Number.POSITIVE_INFINITY : FRAME_HEADER_BYTES + bytes.readUInt16BE(0)
}
