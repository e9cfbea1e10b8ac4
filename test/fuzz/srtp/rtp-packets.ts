import type { SeededRandom } from '../../seeded-random.ts'
import { codecPayload } from './codec-payloads.ts'
import { type ExtensionName, type Stream, ssrcOf } from './legal-streams.ts'
import { bytes, edge, garbled, resized, uint16 } from './random-bytes.ts'

/** RTP (RFC 3550) as a hostile participant may send it: mostly sound, with one thing about it that is not. */

const ONE_BYTE = 0xbede
const TWO_BYTE = 0x1000
/** What is older than this by its sequence number is not even decrypted. */
const REPLAY_WINDOW = 1_000

type Extension = { readonly id: number; readonly value: Buffer }

type Packet = {
  readonly stream: Stream
  readonly payload: Buffer
  readonly extensions?: readonly Extension[]
  readonly payloadType?: number
  readonly ssrc?: number
  readonly sequence?: number
  readonly csrcs?: Buffer
  /** The bytes after the payload, of which the last one says how many they are. */
  readonly padding?: Buffer
}

export type RtpContext = {
  readonly random: SeededRandom
  readonly stream: Stream
  /** Streams of the others in the room, and of this participant. */
  readonly others: readonly number[]
}

/** By kind, the packets that a campaign sends. */
export const rtpKinds: Readonly<Record<string, (context: RtpContext) => Buffer>> = {
  'rtp sound': ({ random, stream }) => encoded(sound(random, stream)),
  'rtp bytes changed': ({ random, stream }) => garbled(random, encoded(sound(random, stream)), random.pick(0, 12, 12)),
  'rtp cut off or longer': ({ random, stream }) => resized(random, encoded(sound(random, stream))),
  'rtp one-byte extensions': ({ random, stream }) =>
    withExtensionBytes(random, stream, ONE_BYTE, oneByteSoup(random, stream)),
  'rtp two-byte extensions': ({ random, stream }) =>
    withExtensionBytes(random, stream, TWO_BYTE | random.pick(0, 15), twoByteSoup(random, stream)),
  'rtp odd extensions': ({ random, stream }) =>
    withExtensionBytes(random, stream, random.below(65_536), bytes(random, random.below(40) * 4)),
  'rtp padding': ({ random, stream }) => encoded({ ...sound(random, stream), padding: paddingOf(random) }),
  'rtp contributing sources': ({ random, stream }) =>
    encoded({ ...sound(random, stream), csrcs: bytes(random, random.below(16) * 4) }),
  'rtp ssrc': ({ random, stream, others }) =>
    encoded({ ...sound(random, stream), ssrc: random.pick(0, 1, 2 ** 32 - 1, stream.ssrc, ssrcOf(random), ...others) }),
  'rtp mid and rid': ({ random, stream }) =>
    encoded({
      ...sound(random, stream),
      ssrc: random.pick(stream.ssrc, 0, ssrcOf(random)),
      extensions: names(random, stream),
    }),
  'rtp jumps': ({ random, stream }) => {
    const { sequences, ssrc } = stream
    const back = (sequences.last(ssrc) - random.below(REPLAY_WINDOW)) & 0xffff
    const sequence = random.pick(back, sequences.next(ssrc, random.pick(2, 100, 2_999, 3_001, edge(random, 20_000))))
    stream.timestamp = (stream.timestamp + random.pick(0, edge(random, 2 ** 32))) % 2 ** 32
    return encoded({ ...sound(random, stream), sequence })
  },
  'rtp payload type': ({ random, stream }) => encoded({ ...sound(random, stream), payloadType: random.below(128) }),
  'rtp payload descriptor': ({ random, stream }) => {
    const payload = codecPayload(random, stream.codec)
    return encoded({ ...sound(random, stream), payload: random.pick(garbled, resized)(random, payload) })
  },
  'rtp empty payload': ({ random, stream }) =>
    encoded({ ...sound(random, stream), payload: bytes(random, random.below(4)) }),
  'rtp dependency descriptor': ({ random, stream }) =>
    encoded({ ...sound(random, stream), extensions: [...naming(stream), ...descriptor(random, stream)] }),
  rtx: ({ random, stream }) => encoded(retransmission(random, stream)),
}

function sound(random: SeededRandom, stream: Stream): Packet {
  stream.timestamp = (stream.timestamp + random.pick(0, 960, 3_000)) % 2 ** 32
  return { stream, payload: codecPayload(random, stream.codec), extensions: extensionsOf(random, stream) }
}

/** RFC 4588: the sequence number of the packet that was lost, and its payload. */
function retransmission(random: SeededRandom, stream: Stream): Packet {
  const { rtx = { payloadType: stream.payloadType, ssrc: stream.ssrc } } = stream
  const lost = uint16(stream.sequences.last(stream.ssrc) + random.pick(0, -1, -5, random.below(65_536)))
  const whole = Buffer.concat([lost, codecPayload(random, stream.codec)])
  const payload = random.next() < 0.2 ? whole.subarray(0, random.below(4)) : whole
  return {
    stream,
    payload,
    payloadType: rtx.payloadType,
    ssrc: random.pick(rtx.ssrc, rtx.ssrc, rtx.ssrc, 0, stream.ssrc, ssrcOf(random)),
    extensions: repaired(random, stream),
  }
}

function encoded(packet: Packet): Buffer {
  const { payload, extensions = [], csrcs = Buffer.alloc(0), padding = Buffer.alloc(0) } = packet
  const parts = [fixedHeader(packet, extensions.length > 0), csrcs]
  if (extensions.length > 0) {
    const oneByte = extensions.every(({ id, value }) => id < 15 && value.byteLength >= 1 && value.byteLength <= 16)
    const body = padded(Buffer.concat(extensions.map((extension) => extensionBytes(extension, oneByte))))
    parts.push(uint16(oneByte ? ONE_BYTE : TWO_BYTE), uint16(body.byteLength / 4), body)
  }
  return Buffer.concat([...parts, payload, padding])
}

function fixedHeader({ stream, csrcs, padding, ...packet }: Packet, extended: boolean): Buffer {
  const { payloadType = stream.payloadType, ssrc = stream.ssrc } = packet
  const { sequence = stream.sequences.next(ssrc) } = packet
  const header = Buffer.alloc(12)
  const count = (csrcs?.byteLength ?? 0) / 4
  header.writeUInt8(0x80 | (padding === undefined ? 0 : 0x20) | (extended ? 0x10 : 0) | count, 0)
  header.writeUInt8((stream.timestamp & 1 ? 0x80 : 0) | (payloadType & 0x7f), 1)
  header.writeUInt16BE(sequence, 2)
  header.writeUInt32BE(stream.timestamp, 4)
  header.writeUInt32BE(ssrc, 8)
  return header
}

function extensionBytes({ id, value }: Extension, oneByte: boolean): Buffer {
  const head = oneByte ? Buffer.of((id << 4) | (value.byteLength - 1)) : Buffer.of(id, value.byteLength)
  return Buffer.concat([head, value])
}

function padded(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.alloc((4 - (body.byteLength % 4)) % 4)])
}

/** A packet with these bytes where its header extension is; now and then the length before them is a lie. */
function withExtensionBytes(random: SeededRandom, stream: Stream, profile: number, body: Buffer): Buffer {
  const whole = padded(body)
  const length = whole.byteLength / 4 + (random.next() < 0.1 ? random.pick(1, -1, edge(random, 1_000)) : 0)
  const { payload } = sound(random, stream)
  return Buffer.concat([fixedHeader({ stream, payload }, true), uint16(profile), uint16(length), whole, payload])
}

/** Ids that are announced, that are not, and those with a meaning of their own (RFC 8285 §4.2). */
function someId(random: SeededRandom, stream: Stream, most: number): number {
  return random.pick(0, 15, random.below(most), ...stream.extensionIds.values()) % most
}

function oneByteSoup(random: SeededRandom, stream: Stream): Buffer {
  const parts = Array.from({ length: random.below(12) }, () => {
    const length = random.below(16)
    const there = random.next() < 0.85 ? length + 1 : random.below(20)
    return Buffer.concat([Buffer.of((someId(random, stream, 16) << 4) | length), bytes(random, there)])
  })
  return Buffer.concat(parts)
}

function twoByteSoup(random: SeededRandom, stream: Stream): Buffer {
  const parts = Array.from({ length: random.below(12) }, () => {
    const length = random.pick(0, 0, 1, random.below(32), random.below(256))
    const there = random.next() < 0.85 ? length : random.below(40)
    return Buffer.concat([Buffer.of(someId(random, stream, 256), length), bytes(random, there)])
  })
  return Buffer.concat(parts)
}

function naming(stream: Stream): Extension[] {
  return [
    ...named(stream, 'mid', Buffer.from(stream.mid)),
    ...named(stream, 'rid', Buffer.from(stream.rid ?? '')),
  ].filter(({ value }) => value.byteLength > 0)
}

function repaired(random: SeededRandom, stream: Stream): Extension[] {
  const rid = Buffer.from(random.pick(stream.rid ?? '', stream.rid ?? '', 'r0', 'nobody'))
  const all = [...named(stream, 'mid', Buffer.from(stream.mid)), ...named(stream, 'repairedRid', rid)]
  return all.filter(({ value }) => value.byteLength > 0)
}

function names(random: SeededRandom, stream: Stream): Extension[] {
  const name = () =>
    random.pick(
      Buffer.from(stream.mid),
      Buffer.from(stream.rid ?? 'r0'),
      Buffer.from('r1'),
      bytes(random, edge(random, 256)),
    )
  const all = (['mid', 'rid', 'repairedRid'] as const).filter(() => random.next() < 0.6)
  return all.flatMap((extension) => named(stream, extension, name()))
}

function extensionsOf(random: SeededRandom, stream: Stream): Extension[] {
  const time = random.next() < 0.5 ? named(stream, 'sendTime', bytes(random, 3)) : []
  const sequence = named(
    stream,
    'transportSequence',
    uint16(random.pick(stream.sequences.last(stream.ssrc), random.below(65_536))),
  )
  const level = named(stream, 'audioLevel', bytes(random, 1))
  const capture = random.next() < 0.2 ? named(stream, 'captureTime', bytes(random, random.pick(8, 16))) : []
  const orientation = random.next() < 0.2 ? named(stream, 'orientation', bytes(random, 1)) : []
  const playout = random.next() < 0.1 ? named(stream, 'playoutDelay', bytes(random, 3)) : []
  const descriptors = stream.codec === 'AV1' || random.next() < 0.2 ? descriptor(random, stream) : []
  return [...naming(stream), ...time, ...sequence, ...level, ...capture, ...orientation, ...playout, ...descriptors]
}

function named(stream: Stream, name: ExtensionName, value: Buffer): Extension[] {
  const id = stream.extensionIds.get(name)
  return id === undefined ? [] : [{ id, value }]
}

/**
 * A dependency descriptor (AV1's RTP payload format, appendix A): the frame's number, and often the template structure
 * with dimensions of three layers as libwebrtc sends it for L1T3, or one of its own making.
 */
function descriptor(random: SeededRandom, stream: Stream): Extension[] {
  const first = Buffer.of((random.below(4) << 6) | random.below(64))
  const head = Buffer.concat([first, uint16(stream.sequences.last(stream.ssrc))])
  const structure = Buffer.from('8002041eaa860414141c', 'hex')
  const tail = random.pick(
    () => Buffer.alloc(0),
    () => structure,
    () => garbled(random, structure),
    () => bytes(random, random.below(60)),
  )()
  return named(stream, 'dependencyDescriptor', Buffer.concat([head, tail]))
}

function paddingOf(random: SeededRandom): Buffer {
  const padding = Buffer.alloc(1 + random.below(40))
  padding.writeUInt8(
    random.pick(0, 1, padding.byteLength, padding.byteLength + 1, 255, random.below(256)),
    padding.byteLength - 1,
  )
  return padding
}
