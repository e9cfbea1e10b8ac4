import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { z } from 'zod'
import { capabilities, fingerprint, opus, vp8 } from './rtp.ts'
import { type Joined, produceBoth, TestNode } from './test-node.ts'
import { until } from './until.ts'

let node: TestNode
before(async () => {
  node = await TestNode.start({ CONNECTIONS_PER_SECOND_PER_ADDRESS: '1000' })
})
afterEach(() => node.empty())
after(() => node.close())

const microphone = { kind: 'audio' as const, source: 'microphone' as const, rtpParameters: opus(500) }

/** Two people who send and receive everything. */
async function call(): Promise<[Joined, Joined]> {
  const [one, two] = [await node.join({ participantId: 'one' }), await node.join({ participantId: 'two' })]
  await Promise.all([produceBoth(one, 100), produceBoth(two, 200)])
  for (const { client } of [one, two]) for (const _ of [1, 2]) await client.next('consumer-created')
  return [one, two]
}

const suspended = (count: number) => until(() => assert.equal(node.node.counts().suspendedParticipants, count))

/** Cuts the connection as a network does that goes away. */
async function breaks({ client }: Joined): Promise<void> {
  client.socket.terminate()
  await suspended(1)
}

const resume = ({ welcome }: Joined, token?: string) => node.open(token, { resumeToken: welcome.resumeToken })

async function answerOf(client: Joined['client'], id: number, method: string, data: object): Promise<string> {
  return JSON.stringify(await client.sendAs(id, { method, data }))
}

test('[M90] whoever comes back in time goes on with the same tracks, and nobody else notices', async () => {
  const [one, two] = await call()
  const before = await node.stats()
  two.client.inbox.length = 0
  await breaks(one)
  const back = resume(one)
  const resumed = await back.next('resumed')
  assert.deepEqual(
    resumed.participants.map(({ participantId }) => participantId),
    ['two'],
  )
  assert.deepEqual(resumed.producers.map(({ source }) => source).sort(), ['camera', 'microphone'])
  assert.deepEqual(resumed.consumers.map(({ source, participantId }) => [participantId, source]).sort(), [
    ['two', 'camera'],
    ['two', 'microphone'],
  ])
  assert.equal(resumed.captionsActive, false)
  const [muted] = resumed.producers
  assert.ok(muted)
  await back.request('pause-producer', { producerId: muted.producerId })
  await two.client.next('consumer-paused')
  assert.deepEqual(two.client.inbox, [])
  assert.deepEqual((await node.stats()).mediasoup, before.mediasoup)
  await node.passResumeWindow({ ...one, client: back }, two)
  await back.request('ping', {})
})

test('[M91] what came and went meanwhile is in the lists, and what comes later is told again', async () => {
  const [one, two] = await call()
  await two.client.request('set-captions', { enabled: true })
  await breaks(one)
  const three = await node.join({ participantId: 'three' })
  await three.client.request('produce', microphone)
  await two.client.request('leave', {})
  await three.client.request('set-captions', { enabled: true })
  const back = resume(one)
  const { participants, consumers, captionsActive } = await back.next('resumed')
  assert.deepEqual(
    participants.map(({ participantId }) => participantId),
    ['three'],
  )
  assert.deepEqual(
    consumers.map(({ participantId, source }) => [participantId, source]),
    [['three', 'microphone']],
  )
  assert.equal(captionsActive, true)
  await back.request('resume-consumer', { consumerId: consumers[0]?.consumerId ?? '' })
  await three.client.request('produce', { kind: 'video', source: 'camera', rtpParameters: vp8(501) })
  assert.equal((await back.next('consumer-created')).participantId, 'three')
})

test('[M92] a connection that is still open is replaced by the one that resumes, without the participant closing', async () => {
  const [one, two] = await call()
  two.client.inbox.length = 0
  const back = resume(one)
  await back.next('resumed')
  assert.deepEqual(await one.client.whenClosed(), { code: 4420, reason: 'replaced' })
  const again = resume(one)
  await again.next('resumed')
  assert.deepEqual(await back.whenClosed(), { code: 4420, reason: 'replaced' })
  await again.request('ping', {})
  await two.client.request('ping', {})
  assert.deepEqual(two.client.inbox, [])
})

test('[M93] too late, unknown and used up by leaving, a resume token is refused with resume_expired', async () => {
  const [one, two] = await call()
  await breaks(one)
  await node.passResumeWindow(two)
  await two.client.next('participant-left')
  assert.deepEqual(await resume(one).whenClosed(), { code: 4421, reason: 'resume_expired' })
  const guess = node.open(undefined, { resumeToken: 'x'.repeat(43) })
  assert.deepEqual(await guess.whenClosed(), { code: 4421, reason: 'resume_expired' })
  await two.client.request('leave', {})
  assert.deepEqual(await resume(two).whenClosed(), { code: 4421, reason: 'resume_expired' })
})

test('[M93] who offers a join token beside it is taken up again if they can be, and joins if they cannot', async () => {
  const one = await node.join({ participantId: 'one' })
  await breaks(one)
  const back = resume(one, await node.token({ participantId: 'one' }))
  await back.next('resumed')
  await back.request('leave', {})
  const joined = resume(one, await node.token({ participantId: 'one' }))
  assert.equal((await joined.next('welcome')).participantId, 'one')
})

test('[M94] a request whose answer was lost is not done twice: the same id gets the same answer', async () => {
  const { client, welcome, ...rest } = await node.join({ participantId: 'one' })
  const produced = await answerOf(client, 50, 'produce', microphone)
  const refused = await answerOf(client, 51, 'close-producer', { producerId: 'none' })
  await breaks({ client, welcome, ...rest })
  const back = resume({ client, welcome, ...rest })
  const { producers } = await back.next('resumed')
  assert.equal(await answerOf(back, 50, 'produce', microphone), produced)
  assert.equal(await answerOf(back, 51, 'close-producer', { producerId: 'none' }), refused)
  assert.match(produced, new RegExp(producers[0]?.producerId ?? 'no producer'))
  assert.match(await answerOf(back, 52, 'produce', microphone), /invalid_state/)
  assert.equal((await node.stats()).mediasoup.producers, 1)
})

test('[M94] a request that is under way when the connection breaks is answered on the next one', async () => {
  const one = await node.join({ participantId: 'one' })
  const dtlsParameters = { role: 'client' as const, fingerprints: [fingerprint] }
  const data = { transportId: one.welcome.sendTransport.transportId, dtlsParameters }
  one.client.socket.send(JSON.stringify({ id: 60, method: 'connect-transport', data }))
  one.client.socket.send(JSON.stringify({ id: 61, method: 'produce', data: microphone }))
  await until(() => assert.equal(node.node.counts().producers, 1))
  await breaks(one)
  const back = await resume(one).opened()
  const answers = [await answerOf(back, 60, 'connect-transport', data), await answerOf(back, 61, 'produce', microphone)]
  assert.deepEqual(answers[0], '{"id":60,"data":{}}')
  assert.match(answers[1] ?? '', /"producerId"/)
})

test('[M94] receive that is sent again is answered with the consumers of that moment', async () => {
  const two = await node.join({ participantId: 'two' })
  await produceBoth(two, 300)
  const client = await node.connect({ participantId: 'one' })
  const welcome = await client.next('welcome')
  await answerOf(client, 70, 'receive', { rtpCapabilities: capabilities })
  await breaks({ client, welcome, consumers: [] })
  const gone = await answerOf(two.client, 80, 'produce', microphone)
  assert.match(gone, /invalid_state/)
  await two.client.request('leave', {})
  const back = resume({ client, welcome, consumers: [] })
  await back.next('resumed')
  const answer = await answerOf(back, 70, 'receive', { rtpCapabilities: capabilities })
  assert.equal(answer, '{"id":70,"data":{"consumers":[]}}')
})

test('[M94] an id that was used for another request is bad_request, and the other answer stays', async () => {
  const { client } = await node.join({ participantId: 'one' })
  const produced = await answerOf(client, 90, 'produce', microphone)
  assert.match(await answerOf(client, 90, 'set-speech', {}), /bad_request/)
  assert.equal(await answerOf(client, 90, 'produce', microphone), produced)
})

test('[M95] the answers of the last 64 requests can be had again, and pings do not push them out', async () => {
  const one = await node.join({ participantId: 'one' })
  const { producerId } = z
    .object({ data: z.object({ producerId: z.string() }) })
    .parse(await one.client.sendAs(100, { method: 'produce', data: microphone })).data
  for (let id = 101; id < 130; id++) await answerOf(one.client, id, 'ping', {})
  node.clock.advance(1_000)
  for (let id = 200; id < 263; id++) {
    await answerOf(one.client, id, 'pause-producer', { producerId })
    if (id % 20 === 0) node.clock.advance(1_000)
  }
  assert.match(await answerOf(one.client, 100, 'produce', microphone), new RegExp(producerId))
  await answerOf(one.client, 263, 'pause-producer', { producerId })
  assert.match(await answerOf(one.client, 100, 'produce', microphone), /invalid_state/)
})

test('[M96] who is suspended counts as present, and joining again replaces them', async () => {
  const limit = { maxParticipants: 2 }
  const one = await node.join({ participantId: 'one', ...limit })
  const two = await node.join({ participantId: 'two', ...limit })
  await breaks(one)
  assert.equal(await node.refusal(await node.token(limit)), 'room_full')
  const { welcome } = await node.join({ participantId: 'one', ...limit })
  assert.deepEqual(
    welcome.participants.map(({ participantId }) => participantId),
    ['two'],
  )
  await two.client.next('participant-left')
  assert.deepEqual(await resume(one).whenClosed(), { code: 4421, reason: 'resume_expired' })
})

test('[M97] a client with another network gets new ICE credentials for its transport and keeps its tracks', async () => {
  const one = await node.join({ participantId: 'one' })
  await one.client.request('produce', microphone)
  const { transportId, iceParameters } = one.welcome.sendTransport
  const renewed = await one.client.request('restart-ice', { transportId })
  assert.notEqual(renewed.iceParameters.usernameFragment, iceParameters.usernameFragment)
  assert.notEqual(renewed.iceParameters.password, iceParameters.password)
  await assert.rejects(one.client.request('restart-ice', { transportId: 'another' }), /not_found/)
  assert.equal((await node.stats()).mediasoup.producers, 1)
})

test('[M98] whoever lost the connection before receive still has to send it within the deadline of joining', async () => {
  const client = await node.connect({ participantId: 'one' })
  const welcome = await client.next('welcome')
  await breaks({ client, welcome, consumers: [] })
  const back = resume({ client, welcome, consumers: [] })
  await back.next('resumed')
  node.clock.advance(10_000)
  assert.deepEqual(await back.whenClosed(), { code: 4409, reason: 'join_timeout' })
})
