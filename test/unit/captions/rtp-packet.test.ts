import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRtpPacket } from '../../../media-node/captions/rtp-packet.ts'
import { SeededRandom } from '../../seeded-random.ts'

const LEVEL_ID = 6
const PAYLOAD = [0xaa, 0xbb, 0xcc]

type Parts = { csrcs?: number; profile?: number; extension?: readonly number[]; padding?: readonly number[] }

test('[G5] a packet is read past its contributing sources, its extensions and its padding', () => {
  for (const csrcs of [0, 1, 15]) {
    const packet = parse({ csrcs, profile: 0xbede, extension: [0x60, 0x80 | 23, 0, 0], padding: [0, 0, 3] })
    assert.deepEqual([packet?.sequenceNumber, packet?.timestamp, packet?.ssrc], [0xfffe, 0xfffffff0, 0xdeadbeef])
    assert.deepEqual([packet?.audioLevel, [...(packet?.payload ?? [])]], [23, PAYLOAD])
  }
})

test('[G5] the audio level is found in either form of extension, behind others and padding', () => {
  const others: Parts[] = [
    { profile: 0xbede, extension: [0x31, 9, 9, 0, 0x60, 42, 0, 0] },
    { profile: 0x1000, extension: [3, 2, 9, 9, 0, LEVEL_ID, 1, 42] },
    { profile: 0x100f, extension: [3, 0, LEVEL_ID, 1, 42, 0, 0, 0] },
  ]
  for (const parts of others) assert.equal(parse(parts)?.audioLevel, 42)
})

test('[G5] without the extension, or after the id that ends them, there is no level', () => {
  const none: Parts[] = [
    {},
    { profile: 0xbede, extension: [0xf0, 0x60, 42, 0] },
    { profile: 0x1234, extension: [0x60, 42, 0, 0] },
  ]
  for (const parts of none) assert.deepEqual([...(parse(parts)?.payload ?? [])], PAYLOAD)
  for (const parts of none) assert.equal(parse(parts)?.audioLevel, undefined)
})

test('[G6] a packet whose lengths point past its end is refused', () => {
  const good = build({ profile: 0xbede, extension: [0x60, 42, 0, 0] })
  const lies: [string, (bytes: Uint8Array) => Uint8Array][] = [
    ['shorter than a header', (bytes) => bytes.subarray(0, 11)],
    ['another version', (bytes) => bytes.with(0, 0x50)],
    ['more sources than bytes', (bytes) => bytes.with(0, 0x9f).subarray(0, 40)],
    ['an extension longer than the packet', (bytes) => bytes.with(15, 200)],
    ['an extension cut off', (bytes) => bytes.subarray(0, 14)],
    ['an element longer than its extension', (bytes) => bytes.with(16, 0x6f)],
    ['padding longer than the packet', (bytes) => bytes.with(0, 0xb0).with(bytes.length - 1, 99)],
    ['padding of nothing', (bytes) => bytes.with(0, 0xb0).with(bytes.length - 1, 0)],
  ]
  for (const [lie, tell] of lies) assert.equal(parseRtpPacket(tell(good), LEVEL_ID), undefined, lie)
  const twoByte = build({ profile: 0x1000, extension: [0, 0, 0, LEVEL_ID] })
  assert.equal(parseRtpPacket(twoByte, LEVEL_ID), undefined, 'an element without a length')
})

test('[G6] no packet, however garbled, throws or is read past its end', () => {
  const random = new SeededRandom(11)
  const seeds = [
    build({ csrcs: 2, profile: 0xbede, extension: [0x60, 42, 0x31, 1, 2, 0, 0, 0], padding: [0, 2] }),
    build({ profile: 0x1000, extension: [LEVEL_ID, 1, 42, 3, 2, 1, 1, 0] }),
  ]
  for (let round = 0; round < 1_000_000; round += 1) {
    const bytes = Uint8Array.from(random.pick(seeds[0] ?? [], seeds[1] ?? []))
    for (let changes = random.below(4); changes >= 0; changes -= 1)
      bytes[random.below(bytes.length)] = random.below(256)
    const cut = bytes.subarray(0, random.below(bytes.length + 1))
    const packet = parseRtpPacket(cut, LEVEL_ID)
    if (packet === undefined) continue
    assert.ok(packet.payload.byteOffset + packet.payload.length <= cut.length)
    assert.ok(packet.audioLevel === undefined || packet.audioLevel <= 127)
  }
})

function build({ csrcs = 0, profile, extension = [], padding = [] }: Parts): Uint8Array {
  const extended = profile === undefined ? [] : [profile >> 8, profile & 0xff, 0, extension.length / 4, ...extension]
  const flags = 0x80 | (padding.length > 0 ? 0x20 : 0) | (profile === undefined ? 0 : 0x10) | csrcs
  const fixed = [flags, 100, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xf0, 0xde, 0xad, 0xbe, 0xef]
  const sources = Array.from({ length: 4 * csrcs }, () => 1)
  return Uint8Array.from([...fixed, ...sources, ...extended, ...PAYLOAD, ...padding])
}

function parse(parts: Parts) {
  return parseRtpPacket(build(parts), LEVEL_ID)
}
