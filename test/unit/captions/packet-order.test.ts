import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CaptionCounter } from '../../../media-node/captions/caption-metrics.ts'
import { type ArrivedPacket, PacketOrder } from '../../../media-node/captions/packet-order.ts'

test('[G7] packets are handed on in the order of their sequence numbers, across the wrap', () => {
  const { order, counts } = countingOrder()
  const sent = [65532, 65534, 65533, 65535, 1, 0, 2]
  assert.deepEqual(handedOn(order, sent), [65532, 65533, 65534, 65535, 0, 1, 2])
  assert.deepEqual([...counts], [])
})

test('[G7] what comes twice is handed on once, waiting or not, and counted', () => {
  const { order, counts } = countingOrder()
  assert.deepEqual(handedOn(order, [1, 1, 3, 3, 2, 3, 2, 4]), [1, 2, 3, 4])
  assert.deepEqual([...counts], [['packets_duplicate', 4]])
})

test('[G7] after ten packets a missing one is lost, and dropped as late if it comes', () => {
  const { order, counts } = countingOrder()
  assert.deepEqual(handedOn(order, [1, 3, 4, 5, 6, 7, 8, 9, 10, 11]), [1])
  assert.deepEqual(handedOn(order, [12, 2]), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  assert.deepEqual(
    [...counts],
    [
      ['packets_lost', 1],
      ['packets_late', 1],
    ],
  )
})

test('[G7] after 150 milliseconds a missing one is lost', () => {
  const { order } = countingOrder()
  assert.deepEqual(handedOn(order, [1, 3]), [1])
  assert.deepEqual(order.release(149), [])
  assert.deepEqual(numbers(order.release(150)), [3])
})

test('[G8] a stream that starts anew, by its source or by its numbers, is followed', () => {
  const { order, counts } = countingOrder()
  assert.deepEqual(handedOn(order, [100, 102, 40_000, 40_001]), [100, 102, 40_000, 40_001])
  assert.deepEqual(numbers(order.push(packet(7, 2))), [7])
  assert.deepEqual(numbers(order.push(packet(8, 2))), [8])
  assert.deepEqual([...counts], [])
})

function countingOrder(): { order: PacketOrder; counts: Map<CaptionCounter, number> } {
  const counts = new Map<CaptionCounter, number>()
  return { order: new PacketOrder((counter, by) => counts.set(counter, (counts.get(counter) ?? 0) + by)), counts }
}

function handedOn(order: PacketOrder, sequenceNumbers: readonly number[]): number[] {
  return numbers(sequenceNumbers.flatMap((sequenceNumber) => order.push(packet(sequenceNumber, 1))))
}

function packet(sequenceNumber: number, ssrc: number): ArrivedPacket {
  const payload = Uint8Array.of(1)
  return { sequenceNumber, ssrc, timestamp: 0, payload, audioLevel: 0, arrivedAt: 0, handedAt: 0 }
}

function numbers(packets: readonly ArrivedPacket[]): number[] {
  return packets.map(({ sequenceNumber }) => sequenceNumber)
}
