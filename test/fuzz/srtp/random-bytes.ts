import type { SeededRandom } from '../../seeded-random.ts'

export function bytes(random: SeededRandom, length: number): Buffer {
  const made = Buffer.allocUnsafe(length)
  for (let at = 0; at < length; at++) made.writeUInt8(random.below(256), at)
  return made
}

/** A number that lies where bounds are: small, or just beside a power of two; below `limit`. */
export function edge(random: SeededRandom, limit: number): number {
  const power = 2 ** random.below(Math.ceil(Math.log2(limit)) + 1)
  return Math.max(
    0,
    Math.min(limit - 1, random.pick(0, 1, power - 1, power, power + 1, random.below(limit), limit - 1)),
  )
}

export function uint16(value: number): Buffer {
  const made = Buffer.allocUnsafe(2)
  made.writeUInt16BE(value & 0xffff)
  return made
}

export function uint32(value: number): Buffer {
  const made = Buffer.allocUnsafe(4)
  made.writeUInt32BE(value >>> 0)
  return made
}

/** A copy in which a few bytes from `from` on are other ones. */
export function garbled(random: SeededRandom, packet: Buffer, from = 0): Buffer {
  const copy = Buffer.from(packet)
  if (copy.byteLength <= from) return copy
  for (let times = 1 + random.below(6); times > 0; times--) {
    const at = from + random.below(copy.byteLength - from)
    copy.writeUInt8(random.pick(0, 255, copy.readUInt8(at) ^ (1 << random.below(8)), random.below(256)), at)
  }
  return copy
}

/** A copy that was cut off or has more at its end. */
export function resized(random: SeededRandom, packet: Buffer): Buffer {
  if (random.next() < 0.6) return packet.subarray(0, random.below(packet.byteLength + 1))
  return Buffer.concat([packet, bytes(random, edge(random, random.pick(64, 1_500, 3_000)))])
}
