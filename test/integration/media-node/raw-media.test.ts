import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { RawTransports, type Way } from './raw-transports.ts'
import { opus, vp8 } from './rtp.ts'
import { TestNode } from './test-node.ts'
import { packet } from './test-router.ts'
import { until } from './until.ts'

const SSRC = 1_000
const VIDEO_SSRC = 2_000
const PICTURE_LOSS = 206
/** Once, and again after a second. */
const ASKED_BY_WORKER = 2
const ASK_AGAIN_MS = 2_000

let node: TestNode
const transports = new RawTransports()

before(async () => {
  node = await TestNode.start()
})
afterEach(async () => {
  transports.close()
  await node.empty()
})
after(() => node.close())

/** Somebody who sends, and somebody who receives that, with what reached them. */
async function pair(way: Pick<Way, 'protocol'> = {}) {
  const speaker = await node.join()
  await speaker.client.request('produce', { kind: 'audio', source: 'microphone', rtpParameters: opus(SSRC) })
  const camera = { kind: 'video', source: 'camera', rtpParameters: vp8(VIDEO_SSRC) } as const
  const { producerId: cameraId } = await speaker.client.request('produce', camera)
  const reader = await node.join()
  const [toSpeaker, toReader]: [Buffer[], Buffer[]] = [[], []]
  const sending = await transports.connect(speaker, 'sendTransport', {
    ...way,
    received: (bytes) => toSpeaker.push(bytes),
  })
  const receiving = await transports.connect(reader, 'receiveTransport', {
    ...way,
    received: (bytes) => toReader.push(bytes),
  })
  const ssrcOf = (kind: string) =>
    reader.consumers.find((consumer) => consumer.kind === kind)?.rtpParameters.encodings?.[0]?.ssrc ?? 0
  const asked = () => toSpeaker.filter((bytes) => bytes.readUInt8(1) === PICTURE_LOSS).length
  const audio = () => toReader.filter((bytes) => bytes.readUInt32BE(8) === ssrcOf('audio') && bytes.readUInt8(1) < 192)
  const video = () => toReader.filter((bytes) => bytes.readUInt32BE(8) === ssrcOf('video') && bytes.readUInt8(1) < 192)
  return { speaker, cameraId, sending, receiving, asked, videoSsrc: ssrcOf('video'), audio, video }
}

/** The first packet of a VP8 frame (RFC 7741 §4.2, §4.3), by default of one that changes the one before. */
function videoPacket(sequence: number, frame: 'change' | 'key' = 'change'): Buffer {
  const bytes = packet({ ssrc: VIDEO_SSRC }, sequence, 10)
  bytes.writeUInt8(96, 1)
  const KEY_FRAME = Buffer.from([0x10, 0x00, 0x00, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00])
  const CHANGE = Buffer.from([0x10, 0x01, 0x00, 0x00])
  return Buffer.concat([bytes.subarray(0, 20), frame === 'key' ? KEY_FRAME : CHANGE])
}

for (const protocol of ['udp', 'tcp'] as const) {
  test(`[M410] packets of our own making over ${protocol} reach the others in the room as a browser's do`, async () => {
    const { sending, receiving, audio } = await pair({ protocol })
    for (let sequence = 1; sequence <= 10; sequence++) sending.sendRtp(packet({ ssrc: SSRC }, sequence, 10))
    await sending.handled()
    await receiving.handled()
    assert.equal(audio().length, 10)
  })
}

test('[M411] they go on being taken when their sequence numbers begin anew after 65535, with gaps and out of order', async () => {
  const { sending, receiving, audio } = await pair()
  const sequences = Array.from({ length: 60 }, (_, step) => (30_000 + 2_500 * step) % 65_536)
  for (const sequence of sequences) {
    sending.sendRtp(packet({ ssrc: SSRC }, sequence, 10))
    sending.sendRtp(packet({ ssrc: SSRC }, (sequence + 65_535) % 65_536, 10))
  }
  await sending.handled()
  await receiving.handled()
  assert.equal(audio().length, 2 * sequences.length)
})

test('[M412] RTCP of our own making is understood: a lost picture is asked for at its sender', async () => {
  const { receiving, asked, sending, videoSsrc } = await pair()
  const loss = Buffer.alloc(12)
  loss.writeUInt32BE(0x81ce0002)
  loss.writeUInt32BE(videoSsrc, 8)
  await sending.handled()
  const before = asked()
  sending.sendRtp(videoPacket(1))
  await until(async () => {
    receiving.sendRtcp(loss)
    await receiving.handled()
    await sending.handled()
    assert.ok(asked() > before)
  })
})

test('[M493] a sender is asked for a key frame until it comes, and no longer, though nobody who waits can miss it', async () => {
  const { sending, receiving, asked, video } = await pair()
  sending.sendRtp(videoPacket(1))
  await until(() => assert.equal(asked(), ASKED_BY_WORKER))
  for (const times of [1, 2]) {
    await sending.handled()
    node.clock.advance(ASK_AGAIN_MS)
    await until(() => assert.ok(asked() >= ASKED_BY_WORKER + times))
  }
  sending.sendRtp(videoPacket(2))
  await sending.handled()
  await receiving.handled()
  assert.equal(video().length, 0)
  const { waiting } = node.clock
  sending.sendRtp(videoPacket(3, 'key'))
  await until(async () => {
    await receiving.handled()
    assert.ok(video().length > 0)
  })
  await until(() => assert.equal(node.clock.waiting, waiting - 1))
})

for (const method of ['pause-producer', 'close-producer'] as const) {
  test(`[M494] after ${method} the camera is asked for its key frame no longer`, async () => {
    const { speaker, cameraId, sending, asked } = await pair()
    sending.sendRtp(videoPacket(1))
    await until(() => assert.equal(asked(), ASKED_BY_WORKER))
    const { waiting } = node.clock
    await speaker.client.request(method, { producerId: cameraId })
    assert.equal(node.clock.waiting, waiting - 1)
  })
}
