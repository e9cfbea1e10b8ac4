import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createWorker, type types } from 'mediasoup'

const AUDIO = { mimeType: 'audio/opus', clockRate: 48_000, channels: 2, rtcpFeedback: [{ type: 'nack' }] }
const SSRC = 1234
/** The receiver asks for 10 by RTCP. */
const NUMBERS = Array.from({ length: 20 }, (_, number) => number).filter((number) => number !== 10)

let worker: types.Worker
let router: types.Router

before(async () => {
  worker = await createWorker({ logLevel: 'none' })
  router = await worker.createRouter({ mediaCodecs: [{ ...AUDIO, kind: 'audio', preferredPayloadType: 100 }] })
})

after(() => worker.close())

const SUITES = ['AEAD_AES_256_GCM', 'AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const

for (const suite of SUITES) {
  test(`[B4] RTP and RTCP pass from worker to worker, encrypted with ${suite}`, async () => {
    const [near, far] = [await secureTransport(suite), await secureTransport(suite)]
    await join(near, far)
    await join(far, near)

    const source = await (await router.createDirectTransport()).produce({ kind: 'audio', rtpParameters: rtp(SSRC) })
    const sent = await near.consume({ producerId: source.id, rtpCapabilities: router.rtpCapabilities })
    const [{ ssrc = 0 } = {}] = sent.rtpParameters.encodings ?? []
    const received = await far.produce({ kind: 'audio', rtpParameters: rtp(ssrc) })
    const sink = await (await router.createDirectTransport()).consume({
      producerId: received.id,
      rtpCapabilities: router.rtpCapabilities,
    })

    const nack = Promise.withResolvers<void>()
    await sent.enableTraceEvent(['nack'])
    sent.on('trace', () => nack.resolve())

    const payloads: string[] = []
    const all = Promise.withResolvers<void>()
    sink.on('rtp', (packet) => {
      payloads.push(packet.toString('latin1').slice(-4))
      if (payloads.length === NUMBERS.length) all.resolve()
    })
    for (const number of NUMBERS) source.send(packetOf(number))
    await all.promise
    assert.deepEqual(payloads, NUMBERS.map(payloadOf))
    await nack.promise
  })
}

function secureTransport(srtpCryptoSuite: (typeof SUITES)[number]) {
  const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const
  return router.createPlainTransport({ listenInfo, rtcpMux: true, enableSrtp: true, srtpCryptoSuite })
}

async function join(from: types.PlainTransport, to: types.PlainTransport): Promise<void> {
  const { srtpParameters, tuple } = to
  assert.ok(srtpParameters)
  await from.connect({ ip: '127.0.0.1', port: tuple.localPort, srtpParameters })
}

function rtp(ssrc: number): types.RtpParameters {
  return { codecs: [{ ...AUDIO, payloadType: 100 }], encodings: [{ ssrc }] }
}

function payloadOf(number: number): string {
  return `n${number.toString().padStart(3, '0')}`
}

/** RFC 3550, section 5.1. */
function packetOf(number: number): Buffer {
  const header = Buffer.alloc(12)
  header[0] = 0x80
  header[1] = 100
  header.writeUInt16BE(number, 2)
  header.writeUInt32BE(number * 960, 4)
  header.writeUInt32BE(SSRC, 8)
  return Buffer.concat([header, Buffer.from(payloadOf(number))])
}
