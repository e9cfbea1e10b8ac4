import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Router } from 'mediasoup/types'
import { ActiveSpeakers, audioLevelObserverOptions } from '../../../media-node/sfu/active-speakers.ts'
import { Taps } from '../../../media-node/sfu/taps.ts'
import type { WorkerPool } from '../../../media-node/sfu/worker-pool.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'
import { microphone, packet, startPool } from './test-router.ts'
import { until, within } from './until.ts'

let pool: WorkerPool
let router: Router
before(async () => {
  pool = await startPool({ workers: 1, port: 0 })
})
beforeEach(async () => {
  router = (await pool.createRouter()).router
})
after(() => pool.close())

/** What follows the fixed header and the header extension (RFC 3550 §5.3.1). */
const payloadOf = (rtp: Buffer) => rtp.subarray(16 + 4 * rtp.readUInt16BE(14)).toString()

const isNotFound = (error: unknown) => error instanceof CallError && error.code === 'not_found'
const transportsOf = async () => (await router.dump()).transportIds.length

test('[M40] a tap hands on the payload of every packet, and says how to read it', async () => {
  const speaker = await microphone(router, 'speaker', 1)
  const payloads: string[] = []
  const tap = await new Taps(router).tap(speaker.producer, (rtp) => payloads.push(payloadOf(rtp)))
  for (let sequence = 1; sequence <= 50; sequence++) speaker.producer.send(packet(speaker, sequence, 20))
  await until(() => assert.equal(payloads.length, 50))
  assert.deepEqual(
    payloads,
    Array.from({ length: 50 }, (_, index) => `payload ${index + 1}`),
  )
  const uris = tap.rtpParameters.headerExtensions?.map(({ uri }) => uri) ?? []
  assert.ok(uris.includes('urn:ietf:params:rtp-hdrext:ssrc-audio-level'))
  assert.equal(tap.rtpParameters.codecs[0]?.mimeType, 'audio/opus')
})

test('[M41] taps share one DirectTransport, which is there only while one is open', async () => {
  const [one, two] = [await microphone(router, 'one', 1), await microphone(router, 'two', 2)]
  const taps = new Taps(router)
  const opened = await Promise.all([one, two, one].map(({ producer }) => taps.tap(producer, () => undefined)))
  assert.deepEqual([taps.count, await transportsOf()], [3, 3])
  for (const tap of opened) tap.close()
  assert.deepEqual([taps.count, taps.transports], [0, 0])
  await until(async () => assert.equal(await transportsOf(), 2))
  await taps.tap(one.producer, () => undefined)
  assert.equal(await transportsOf(), 3)
  taps.close()
  await until(async () => assert.equal(await transportsOf(), 2))
})

test('[M42] a tap closes with its producer, and one that is being made then is refused', async () => {
  const { producer, transport } = await microphone(router, 'speaker', 1)
  const taps = new Taps(router)
  const tap = await taps.tap(producer, () => undefined)
  const late = taps.tap(producer, () => undefined)
  taps.producerClosed(producer)
  transport.close()
  await assert.rejects(late, isNotFound)
  assert.deepEqual([tap.closed, taps.count, taps.transports], [true, 0, 0])
  await until(async () => assert.equal(await transportsOf(), 0))
})

test('[M43] a tap that is being made while the room closes is refused and freed', async () => {
  const { producer } = await microphone(router, 'speaker', 1)
  const taps = new Taps(router)
  const late = taps.tap(producer, () => undefined)
  taps.close()
  await assert.rejects(late, isNotFound)
  await until(async () => assert.equal(await transportsOf(), 1))
})

test('[M44] those who speak are named loudest first, and nobody when it is silent', async () => {
  const changes: string[][] = []
  const observer = await router.createAudioLevelObserver(audioLevelObserverOptions)
  const speakers = new ActiveSpeakers(observer, (participantIds) => changes.push(participantIds))
  const [quiet, loud] = [await microphone(router, 'quiet', 1), await microphone(router, 'loud', 2)]
  await Promise.all([speakers.add(quiet.producer), speakers.add(loud.producer)])
  for (let sequence = 1; sequence <= 30; sequence++) {
    quiet.producer.send(packet(quiet, sequence, 40))
    loud.producer.send(packet(loud, sequence, 10))
  }
  await within('silence', new Promise<void>((resolve) => observer.once('silence', () => resolve())))
  assert.deepEqual(changes, [['loud', 'quiet'], []])
})
