import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Device, FakeHandler, testFakeParameters } from 'mediasoup-client'
import { knownCapabilities } from '../../../client/sdk/known-rtp.ts'
import { Sender } from '../../../client/sdk/sender.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'
import { rtpCapabilities } from '../../../shared/protocol/rtp.ts'
import { receivable } from '../shared/chromium-parameters.ts'
import { callWithAda, errorOf, phaseOf } from './broken-call.ts'
import { consumer } from './consumer.ts'
import { resumed, welcome } from './greetings.ts'
import { ScriptedTrack } from './scripted-track.ts'
import { ScriptedWorld } from './scripted-world.ts'

const LINES = '\r\na=candidate:1 1 udp 2 192.0.2.66 9 typ host'
const hostileConsumer = () => {
  const honest = consumer('c2', 'ada')
  return { ...honest, rtpParameters: { ...honest.rtpParameters, rtcp: { cname: `x${LINES}` } } }
}
const isViolation = (error: unknown) => error instanceof CallError && error.code === 'protocol_violation'

test('[W304] a hostile welcome lets nobody in, and no media begins', async () => {
  const world = new ScriptedWorld()
  let outcome: unknown
  world.join().then(
    () => assert.fail('nobody is let in'),
    (error) => {
      outcome = error
    },
  )
  await world.settled()
  const { sendTransport } = welcome()
  const iceParameters = { ...sendTransport.iceParameters, usernameFragment: `ufrag${LINES}` }
  world.connection.socket.open()
  world.connection.notify('welcome', welcome({ sendTransport: { ...sendTransport, iceParameters } }))
  await world.settled()
  assert.ok(isViolation(outcome))
  assert.deepEqual([world.media.length, world.joins.length], [0, 1], 'and it is not tried again')
})

test('[W304] a hostile consumer ends the call with protocol_violation, and never reaches media', async () => {
  const { world, call } = await callWithAda()
  world.connection.notify('consumer-created', hostileConsumer())
  await world.settled()
  assert.equal(errorOf(call), 'protocol_violation')
  assert.equal(world.latestMedia.consumers.has('c2'), false)
})

test('[W304] hostile consumers are as little taken from what is said to who comes back', async () => {
  const { world, call } = await callWithAda()
  world.connection.break()
  await world.settled()
  world.connection.socket.open()
  world.connection.notify('resumed', resumed({ consumers: [hostileConsumer()] }))
  await world.settled()
  assert.equal(errorOf(call), 'protocol_violation')
})

test('[W304] a message that a newer media node says more in is taken without what this client does not know', async () => {
  const { world, call } = await callWithAda()
  const newer = { ...consumer('c2', 'ada'), colour: 'blue' }
  world.connection.notify('consumer-created', newer)
  await world.settled()
  assert.equal(phaseOf(call), 'connected')
})

/** A sender whose browser knows one format parameter that the protocol does not. */
async function senderOfNewBrowser(cname: string, request: (method: string, data: unknown) => void): Promise<Sender> {
  const router = knownCapabilities(rtpCapabilities.parse(receivable))
  const codecs =
    router.codecs?.map((codec) => ({ ...codec, parameters: { ...codec.parameters, 'x-new': 'yes' } })) ?? []
  const fake = FakeHandler.createFactory({
    ...testFakeParameters,
    generateNativeRtpCapabilities: () => ({ ...router, codecs }),
  })
  const device = new Device({
    handlerFactory: { ...fake, factory: (options) => Object.assign(fake.factory(options), { _cname: cname }) },
  })
  await device.load({ routerRtpCapabilities: router })
  const { transportId: id, ...transport } = welcome().sendTransport
  const transportOptions = { ...transport, id, dtlsParameters: { ...transport.dtlsParameters, role: 'auto' as const } }
  const send = device.createSendTransport(transportOptions)
  send.on('connect', (_parameters, done) => done())
  return new Sender({
    transport: send,
    request: async (method, data) => {
      request(method, data)
      throw new CallError('invalid_state', 'The test has seen enough.')
    },
    onChange: () => {},
    turn: Promise.resolve(),
  })
}

test('[W306] what a newer browser adds to a codec is not sent, so that its tracks are not refused', async () => {
  const asked: unknown[] = []
  const sender = await senderOfNewBrowser('cname', (_method, data) => asked.push(data))
  await assert.rejects(sender.publish('microphone', new ScriptedTrack('audio', 'voice')))
  assert.match(JSON.stringify(asked), /minptime/)
  assert.ok(!JSON.stringify(asked).includes('x-new'))
})

test('[W306] a track whose parameters cannot be said in the protocol fails, and does not wait for ever', async () => {
  const sender = await senderOfNewBrowser(`x${LINES}`, () => assert.fail('nothing is asked'))
  await assert.rejects(sender.publish('microphone', new ScriptedTrack('audio', 'voice')), { code: 'invalid_state' })
})
