import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Router, WebRtcTransport } from 'mediasoup/types'
import { Consumers } from '../../../media-node/sfu/consumers.ts'
import { Producers, type SourceProducer } from '../../../media-node/sfu/producers.ts'
import { Taps } from '../../../media-node/sfu/taps.ts'
import type { WorkerPool } from '../../../media-node/sfu/worker-pool.ts'
import { capabilities, opus } from './rtp.ts'
import { type Microphone, microphone, startPool } from './test-router.ts'
import { until } from './until.ts'

/** Each of these plays two things in the same turn of the event loop, while the worker has answered neither. */

let pool: WorkerPool
let router: Router
let transport: WebRtcTransport
let one: Microphone
let two: Microphone
before(async () => {
  pool = await startPool({ workers: 1, port: 0 })
})
beforeEach(async () => {
  const home = await pool.createRouter()
  router = home.router
  transport = await router.createWebRtcTransport({ webRtcServer: home.webRtcServer })
  one = await microphone(router, 'one', 1)
  two = await microphone(router, 'two', 2)
})
after(() => pool.close())

/** Consumers of a participant, what its client is told, and whatever mediasoup made for it. */
function receiving(producers: SourceProducer[]) {
  const told: string[] = []
  const made: { readonly closed: boolean }[] = []
  transport.observer.on('newconsumer', (consumer) => made.push(consumer))
  const consumers = new Consumers({
    transport,
    link: { notify: (event) => told.push(event) },
    canConsume: (producer, rtpCapabilities) => router.canConsume({ producerId: producer.id, rtpCapabilities }),
    producers: () => producers,
    failed: (error) => assert.fail(String(error)),
  })
  return { consumers, told, made }
}

test('[M4] a producer that comes while receive is under way is told after its answer, and only once', async () => {
  const producers = [one.producer]
  const { consumers, told, made } = receiving(producers)
  const starting = consumers.start(capabilities)
  producers.push(two.producer)
  consumers.offer(two.producer)
  assert.deepEqual(
    (await starting).map(({ producerId }) => producerId),
    [one.producer.id],
  )
  assert.deepEqual(told, [])
  await until(() => assert.deepEqual(told, ['consumer-created']))
  consumers.offer(two.producer)
  await router.dump()
  assert.deepEqual([made.length, consumers.count], [2, 2])
})

test('[M5] a producer that closes while its consumer is made is not told, and the consumer is closed', async () => {
  const { consumers, told, made } = receiving([one.producer, two.producer])
  const starting = consumers.start(capabilities)
  consumers.withdraw(one.producer)
  one.producer.close()
  assert.deepEqual(
    (await starting).map(({ producerId }) => producerId),
    [two.producer.id],
  )
  assert.deepEqual([told, consumers.count], [[], 1])
  assert.equal(made.filter(({ closed }) => !closed).length, 1)
})

test('[M12] what is made for a participant who leaves meanwhile is closed', async () => {
  const { consumers, made } = receiving([one.producer])
  transport.observer.on('newproducer', (producer) => made.push(producer))
  const audience = { producerCreated: () => assert.fail('too late'), producerClosed: () => undefined }
  const producers = new Producers({ participantId: 'gone', transport, audience })
  const producing = producers.produce({ kind: 'audio', source: 'microphone', rtpParameters: opus(9) })
  const starting = consumers.start(capabilities)
  producers.close()
  consumers.close()
  transport.close()
  await assert.rejects(producing)
  assert.deepEqual(await starting, [])
  assert.deepEqual(
    made.map(({ closed }) => closed),
    [true, true],
  )
})

test('[M43] a tap that is made while the room closes is closed', async () => {
  const made: { readonly closed: boolean }[] = []
  router.observer.on('newtransport', ({ observer }) => observer.on('newconsumer', (consumer) => made.push(consumer)))
  const taps = new Taps(router)
  await taps.tap(one.producer, () => undefined)
  const late = taps.tap(two.producer, () => undefined)
  await Promise.resolve()
  taps.close()
  await assert.rejects(late)
  assert.deepEqual(
    made.map(({ closed }) => closed),
    [true, true],
  )
})

test('[M471] what a client is told of a consumer is made once, but for whether its sender pauses', async () => {
  const { consumers } = receiving([one.producer])
  const [told] = await consumers.start(capabilities)
  const [again] = consumers.descriptions
  assert.ok(told !== undefined && again?.rtpParameters === told.rtpParameters)
  const paused = new Promise<void>((resolve) => one.producer.observer.once('pause', resolve))
  await one.producer.pause()
  await paused
  await until(() => assert.equal(consumers.descriptions[0]?.producerPaused, true))
})
