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
  await speaker.client.request('produce', { kind: 'video', source: 'camera', rtpParameters: vp8(VIDEO_SSRC) })
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
  const audio = () => toReader.filter((bytes) => bytes.readUInt32BE(8) === ssrcOf('audio') && bytes.readUInt8(1) < 192)
  return { sending, receiving, toSpeaker, videoSsrc: ssrcOf('video'), audio }
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
  const { receiving, toSpeaker, sending, videoSsrc } = await pair()
  const loss = Buffer.alloc(12)
  loss.writeUInt32BE(0x81ce0002)
  loss.writeUInt32BE(videoSsrc, 8)
  const asked = () => toSpeaker.filter((bytes) => bytes.readUInt8(1) === PICTURE_LOSS).length
  await sending.handled()
  const before = asked()
  const video = packet({ ssrc: VIDEO_SSRC }, 1, 10)
  video.writeUInt8(96, 1)
  sending.sendRtp(video)
  await until(async () => {
    receiving.sendRtcp(loss)
    await receiving.handled()
    await sending.handled()
    assert.ok(asked() > before)
  })
})
