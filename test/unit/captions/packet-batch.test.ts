import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PacketBatchWriter, readPacketBatch } from '../../../media-node/captions/packet-batch.ts'

test('[G13] a batch gives the packets of all its streams back as they came, however many', () => {
  const writer = new PacketBatchWriter()
  const packets = Array.from({ length: 2_000 }, (_, index) => ({
    stream: index % 7,
    arrivedAt: index + 0.25,
    packet: Uint8Array.from({ length: index % 90 }, (_, at) => (index + at) % 256),
  }))
  for (const { stream, arrivedAt, packet } of packets) assert.ok(writer.add(stream, arrivedAt, packet))
  assert.deepEqual(
    [...readPacketBatch(writer.take())],
    packets.map(({ packet, ...rest }) => ({ ...rest, packet })),
  )
  assert.ok(writer.empty)
})

test('[G13] a full batch refuses, and takes again once it was handed over', () => {
  const writer = new PacketBatchWriter()
  const packet = new Uint8Array(60_000)
  let taken = 0
  while (writer.add(1, 0, packet)) taken += 1
  assert.ok(taken > 10 && taken < 100)
  writer.take()
  assert.ok(writer.add(1, 0, packet))
  assert.ok(!writer.add(1, 0, new Uint8Array(70_000)), 'no packet of RTP is that long')
})

test('[G13] the buffer of a batch is as large as the batch before it needed, and no larger than twice that', () => {
  const writer = new PacketBatchWriter()
  writer.add(1, 0, new Uint8Array(5_000))
  writer.take()
  writer.add(1, 0, new Uint8Array(10))
  assert.equal(writer.take().buffer.byteLength, 8_192)
  writer.add(1, 0, new Uint8Array(10))
  assert.equal(writer.take().buffer.byteLength, 512)
})
