import type { SeededRandom } from '../../seeded-random.ts'
import type { CodecName } from './legal-streams.ts'
import { bytes, uint16 } from './random-bytes.ts'

/** RTP payloads whose descriptors are sound in form, with whatever values. */

const MOST_MEDIA_BYTES = 60

const payloads: Readonly<Record<CodecName, (random: SeededRandom) => Buffer>> = {
  opus,
  VP8: vp8,
  VP9: vp9,
  H264: h264,
  AV1: av1,
}

export function codecPayload(random: SeededRandom, codec: CodecName): Buffer {
  return payloads[codec](random)
}

function media(random: SeededRandom): Buffer {
  return bytes(random, random.below(MOST_MEDIA_BYTES))
}

function chance(random: SeededRandom, bit: number, probability = 0.5): number {
  return random.next() < probability ? bit : 0
}

/** RFC 7587; one or two bytes is what DTX sends. */
function opus(random: SeededRandom): Buffer {
  return random.next() < 0.3 ? bytes(random, random.below(3)) : media(random)
}

/** RFC 7741 §4.2. */
function vp8(random: SeededRandom): Buffer {
  const extended = chance(random, 0x80, 0.8)
  const first = extended | chance(random, 0x20) | chance(random, 0x10, 0.7) | random.below(2)
  const parts: Buffer[] = [Buffer.of(first)]
  if (extended !== 0) {
    const optional = random.below(16) << 4
    parts.push(Buffer.of(optional))
    if (optional & 0x80)
      parts.push(random.next() < 0.7 ? uint16(0x8000 | random.below(0x8000)) : Buffer.of(random.below(128)))
    if (optional & 0x40) parts.push(bytes(random, 1))
    if (optional & 0x30) parts.push(Buffer.of((random.below(4) << 6) | random.below(64)))
  }
  // The frame's lowest bit says whether it is no key frame.
  return Buffer.concat([...parts, Buffer.of(random.pick(0x10, 0x11)), media(random)])
}

/** RFC 9628 §4.2. */
function vp9(random: SeededRandom): Buffer {
  const first = random.below(256)
  const flexible = first & 0x10
  const parts: Buffer[] = [Buffer.of(first)]
  if (first & 0x80)
    parts.push(random.next() < 0.7 ? uint16(0x8000 | random.below(0x8000)) : Buffer.of(random.below(128)))
  if (first & 0x20) parts.push(Buffer.of(random.below(256)), flexible ? Buffer.alloc(0) : bytes(random, 1))
  if (flexible && first & 0x40) parts.push(...differences(random))
  if (first & 0x02) parts.push(scalabilityStructure(random))
  return Buffer.concat([...parts, media(random)])
}

function differences(random: SeededRandom): Buffer[] {
  const count = 1 + random.below(4)
  return Array.from({ length: count }, (_, index) => Buffer.of((random.below(128) << 1) | Number(index < count - 1)))
}

function scalabilityStructure(random: SeededRandom): Buffer {
  const first = random.below(256)
  const layers = (first >> 5) + 1
  const sizes = first & 0x10 ? bytes(random, layers * 4) : Buffer.alloc(0)
  if (!(first & 0x08)) return Buffer.concat([Buffer.of(first), sizes])
  const groups = Array.from({ length: random.below(6) }, () => {
    const references = random.below(4)
    return Buffer.concat([Buffer.of((random.below(16) << 4) | (references << 2)), bytes(random, references)])
  })
  return Buffer.concat([Buffer.of(first), sizes, Buffer.of(groups.length), ...groups])
}

/** RFC 6184: single units, STAP-A and FU-A, and the types that no browser sends. */
function h264(random: SeededRandom): Buffer {
  const importance = random.below(4) << 5
  const type = random.pick(1, 5, 6, 7, 8, 24, 28, random.below(32))
  const first = Buffer.of(importance | type)
  if (type === 24) {
    const units = Array.from({ length: random.below(4) }, () => {
      const unit = Buffer.concat([Buffer.of(random.pick(0x67, 0x68, 0x65)), media(random)])
      return Buffer.concat([uint16(unit.byteLength + random.pick(0, 0, 0, 1, -1, 60_000)), unit])
    })
    return Buffer.concat([first, ...units])
  }
  if (type === 28)
    return Buffer.concat([
      first,
      Buffer.of(chance(random, 0x80) | chance(random, 0x40) | random.pick(1, 5, 7)),
      media(random),
    ])
  return Buffer.concat([first, media(random)])
}

/** AV1's RTP payload format, §4.4. */
function av1(random: SeededRandom): Buffer {
  const first = random.below(256)
  const units = Array.from({ length: 1 + random.below(3) }, () => {
    const unit = media(random)
    return Buffer.concat([Buffer.of((unit.byteLength + random.pick(0, 0, 1, 100)) & 0xff), unit])
  })
  return Buffer.concat([Buffer.of(first), ...units])
}
