import type { SeededRandom } from '../../seeded-random.ts'
import { ssrcOf } from './legal-streams.ts'
import { bytes, edge, garbled, resized, uint16, uint32 } from './random-bytes.ts'

/** RTCP as a hostile participant may send it: its own reports, and feedback on what it receives. */

const type = { sr: 200, rr: 201, sdes: 202, bye: 203, app: 204, rtpfb: 205, psfb: 206, xr: 207 } as const

export type RtcpContext = {
  readonly random: SeededRandom
  /** What this participant sends on the same transport. */
  readonly sent: readonly number[]
  /** What this participant receives on the same transport. */
  readonly received: readonly number[]
}

type Make = (context: RtcpContext) => Buffer

const single: Readonly<Record<string, Make>> = {
  'rtcp sender report': (context) => {
    const blocks = reportBlocks(context)
    return packet(context, {
      type: type.sr,
      count: blocks.length,
      body: [own(context), bytes(context.random, 20), ...blocks],
    })
  },
  'rtcp receiver report': (context) => {
    const blocks = reportBlocks(context)
    return packet(context, { type: type.rr, count: blocks.length, body: [own(context), ...blocks] })
  },
  'rtcp source description': (context) => {
    const chunks = many(context.random, 6, () => chunk(context))
    return packet(context, { type: type.sdes, count: chunks.length, body: chunks })
  },
  'rtcp bye': (context) => {
    const { random } = context
    const ssrcs = many(random, 31, () => someSsrc(context))
    const reason = random.next() < 0.5 ? [Buffer.of(random.below(256)), bytes(random, random.below(20))] : []
    return packet(context, { type: type.bye, count: ssrcs.length, body: [...ssrcs, ...reason] })
  },
  'rtcp application': (context) => {
    const body = [own(context), bytes(context.random, 4), bytes(context.random, edge(context.random, 300))]
    return packet(context, { type: type.app, count: context.random.below(32), body })
  },
  'rtcp nack': (context) => {
    const { random } = context
    const items = many(random, 40, () => Buffer.concat([uint16(random.below(65_536)), bytes(random, 2)]))
    return feedback(context, { type: type.rtpfb, count: 1, body: items })
  },
  'rtcp transport feedback': (context) =>
    feedback(context, { type: type.rtpfb, count: 15, body: transportFeedback(context) }),
  'rtcp other rtp feedback': (context) => {
    const { random } = context
    return feedback(context, { type: type.rtpfb, count: random.below(32), body: [bytes(random, edge(random, 300))] })
  },
  'rtcp lost picture': (context) => {
    const { random } = context
    return random.pick(
      () => feedback(context, { type: type.psfb, count: 1, body: [] }),
      () =>
        feedback(context, {
          type: type.psfb,
          count: 4,
          body: many(random, 4, () => Buffer.concat([someSsrc(context), bytes(random, 4)])),
        }),
      () => feedback(context, { type: type.psfb, count: random.below(16), body: [bytes(random, edge(random, 100))] }),
    )()
  },
  'rtcp bitrate estimate': (context) => {
    const { random } = context
    const ssrcs = many(random, 6, () => someSsrc(context))
    const count = random.pick(ssrcs.length, ssrcs.length, random.below(256))
    const rate = Buffer.concat([Buffer.of(count), bytes(random, 3)])
    const name = Buffer.from(random.pick('REMB', 'REMB', 'REMB', 'LNTF'))
    return feedback(context, { type: type.psfb, count: 15, body: [name, rate, ...ssrcs] })
  },
  'rtcp extended report': (context) => {
    const blocks = many(context.random, 5, () => extendedBlock(context))
    return packet(context, { type: type.xr, count: 0, body: [own(context), ...blocks] })
  },
}

const makers = Object.values(single)

export const rtcpKinds: Readonly<Record<string, Make>> = {
  ...single,
  'rtcp compound': (context) => Buffer.concat(many(context.random, 8, () => sure(context.random, makers)(context))),
  'rtcp bytes changed': (context) =>
    garbled(context.random, sure(context.random, makers)(context), context.random.pick(0, 8)),
  'rtcp cut off or longer': (context) => resized(context.random, sure(context.random, makers)(context)),
  'rtcp unknown type': (context) => {
    const { random } = context
    return packet(context, {
      type: 192 + random.below(32),
      count: random.below(32),
      body: [bytes(random, edge(random, 200))],
    })
  },
}

function sure<T>(random: SeededRandom, [first, ...others]: readonly T[]): T {
  if (first === undefined) throw new Error('nothing to choose from')
  return random.pick(first, ...others)
}

function many<T>(random: SeededRandom, most: number, make: () => T): T[] {
  return Array.from({ length: random.below(most + 1) }, make)
}

type Parts = { readonly type: number; readonly count: number; readonly body: readonly Buffer[] }

/** RFC 3550 §6.4.1; one in ten says another length, count or padding than it has. */
function packet({ random }: RtcpContext, { type: packetType, count, body }: Parts): Buffer {
  const content = Buffer.concat(body)
  const whole = Buffer.concat([content, Buffer.alloc((4 - (content.byteLength % 4)) % 4)])
  const lies = random.next() < 0.1
  const length = whole.byteLength / 4 + (lies ? random.pick(-1, 1, edge(random, 65_536)) : 0)
  const said = random.next() < 0.05 ? random.below(32) : count & 0x1f
  const padding = random.next() < 0.05 ? 0x20 : 0
  return Buffer.concat([Buffer.of(0x80 | padding | said, packetType), uint16(length), whole])
}

/** RFC 4585 §6.1. */
function feedback(context: RtcpContext, { body, ...parts }: Parts): Buffer {
  return packet(context, { ...parts, body: [own(context), someSsrc(context), ...body] })
}

function own({ random, sent }: RtcpContext): Buffer {
  return uint32(random.pick(1, ...sent))
}

function someSsrc({ random, sent, received }: RtcpContext): Buffer {
  return uint32(random.pick(0, ssrcOf(random), ...sent, ...received, ...received))
}

function reportBlocks(context: RtcpContext): Buffer[] {
  return many(context.random, 31, () => Buffer.concat([someSsrc(context), bytes(context.random, 20)]))
}

/** RFC 3550 §6.5; items end with a zero, which now and then is missing. */
function chunk(context: RtcpContext): Buffer {
  const { random } = context
  const items = many(random, 4, () => {
    const value = bytes(random, edge(random, 256))
    return Buffer.concat([
      Buffer.of(random.pick(1, 1, random.below(256)), random.next() < 0.9 ? value.byteLength : random.below(256)),
      value,
    ])
  })
  const content = Buffer.concat([someSsrc(context), ...items, Buffer.alloc(random.pick(1, 1, 0))])
  return Buffer.concat([content, Buffer.alloc((4 - (content.byteLength % 4)) % 4)])
}

/** RFC 3611: receiver reference time (4), delay since the last of them (5), and what nobody sends. */
function extendedBlock(context: RtcpContext): Buffer {
  const { random } = context
  const [blockType, body] = random.pick<[number, Buffer]>(
    [4, bytes(random, 8)],
    [5, Buffer.concat(many(random, 6, () => Buffer.concat([someSsrc(context), bytes(random, 8)])))],
    [random.below(256), bytes(random, random.below(20) * 4)],
  )
  const length = body.byteLength / 4 + (random.next() < 0.1 ? random.pick(-1, 1, edge(random, 65_536)) : 0)
  return Buffer.concat([Buffer.of(blockType, random.below(256)), uint16(length), body])
}

/** Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1). */
function transportFeedback({ random }: RtcpContext): Buffer[] {
  const chunks = many(random, 20, () =>
    // A run of one status may stand for up to 8,191 packets.
    random.pick(uint16((random.below(4) << 13) | edge(random, 8_192)), uint16(0x8000 | random.below(0x8000))),
  )
  const packets = random.pick(chunks.length * 7, random.below(100), edge(random, 65_536))
  const head = Buffer.concat([uint16(random.below(65_536)), uint16(packets), bytes(random, 4)])
  return [head, ...chunks, bytes(random, random.below(200))]
}
