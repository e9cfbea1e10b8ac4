import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentPackets } from '../../../media-node/captions/recent-packets.ts'

const PACKET_MS = 20

test('[G68] the packets that are not settled come back as they came, with the times at which they came', () => {
  const recent = new RecentPackets({ maxMs: 30_000 })
  fill(recent, { from: 0, to: 500 })
  recent.settle(100 * PACKET_MS)
  recent.settle(50 * PACKET_MS)
  assert.deepEqual(numbersIn(recent), range(100, 500))
  fill(recent, { from: 500, to: 900 })
  assert.deepEqual(numbersIn(recent), range(100, 900))
  recent.settle(900 * PACKET_MS)
  assert.deepEqual(numbersIn(recent), [])
})

test('[G68] no more is kept than so many seconds and half a megabyte', () => {
  const seconds = new RecentPackets({ maxMs: 2_000 })
  fill(seconds, { from: 0, to: 10_000 })
  const kept = numbersIn(seconds)
  assert.equal(kept.at(-1), 9_999)
  assert.ok(kept.length >= 100 && kept.length < 200, `${kept.length}`)

  const bytes = new RecentPackets({ maxMs: 1_000_000 })
  fill(bytes, { from: 0, to: 10_000, size: 1_000 })
  assert.ok(numbersIn(bytes).length <= 524)
  bytes.add(0, new Uint8Array(5_000))
  assert.ok(numbersIn(bytes).length <= 524, 'one that is no sound is left out')
})

function fill(recent: RecentPackets, { from, to, size = 60 }: { from: number; to: number; size?: number }): void {
  for (const number of range(from, to)) {
    const packet = Buffer.alloc(size)
    packet.writeUInt32BE(number)
    recent.add(number * PACKET_MS, packet)
  }
}

function numbersIn(recent: RecentPackets): number[] {
  return [...recent].map(({ packet, arrivedAt }) => {
    const number = new DataView(packet.buffer, packet.byteOffset).getUint32(0)
    assert.equal(arrivedAt, number * PACKET_MS)
    return number
  })
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}
