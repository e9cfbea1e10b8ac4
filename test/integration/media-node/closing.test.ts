import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { capabilities, fingerprint, opus, vp8 } from './rtp.ts'
import { type Joined, produceBoth, TestNode } from './test-node.ts'
import { until } from './until.ts'

/** With which a browser closes the connections of a page that goes. */
const GOING_AWAY = 1001

let node: TestNode
before(async () => {
  node = await TestNode.start()
})
afterEach(() => node.empty())
after(() => node.close())

/** Two people who send and receive everything. */
async function call(): Promise<[Joined, Joined]> {
  const [one, two] = [await node.join({ participantId: 'one' }), await node.join({ participantId: 'two' })]
  await Promise.all([produceBoth(one, 100), produceBoth(two, 200)])
  for (const { client } of [one, two]) for (const _ of [1, 2]) await client.next('consumer-created')
  return [one, two]
}

/** What the one who stays is told when the other goes. */
async function goodbye({ client }: Joined): Promise<string[]> {
  await client.next('participant-left').then((left) => assert.deepEqual(left, { participantId: 'one' }))
  return client.inbox.map(({ event }) => event)
}

test('[M10] leave is answered, then the connection closes with 1000, and everything of the participant is free', async () => {
  const [one, two] = await call()
  assert.deepEqual(await one.client.request('leave', {}), {})
  assert.deepEqual(await one.client.whenClosed(), { code: 1000, reason: 'left' })
  assert.deepEqual(await goodbye(two), ['consumer-closed', 'consumer-closed'])
  const { counts, mediasoup } = await node.stats()
  assert.deepEqual([counts['participants'], counts['producers'], counts['consumers']], [1, 2, 0])
  assert.deepEqual([mediasoup.transports, mediasoup.producers, mediasoup.consumers], [2, 2, 0])
})

test('[M11] a closed tab does the same at once, and a killed browser when it can come back no more', async () => {
  const [tab, other] = await call()
  tab.client.socket.close(GOING_AWAY)
  assert.deepEqual(await goodbye(other), ['consumer-closed', 'consumer-closed'])
  await node.empty()
  const [browser, stays] = await call()
  browser.client.socket.terminate()
  await node.until(({ counts }) => assert.equal(counts['suspendedParticipants'], 1))
  await node.passResumeWindow(stays)
  assert.deepEqual(await goodbye(stays), ['consumer-closed', 'consumer-closed'])
})

test('[M12] a connection that ends at any moment of joining leaves nothing behind', async () => {
  const stays = await node.join()
  await produceBoth(stays, 300)
  for (let turns = 0; turns < 60; turns++) {
    const client = await node.connect({ participantId: 'gone' })
    void hurry(client).catch(() => undefined)
    for (let turn = 0; turn < turns; turn++) await setImmediate()
    client.socket.terminate()
  }
  await until(() => assert.equal(node.node.counts().connections, 1))
  await node.passResumeWindow(stays)
  await node.until(({ counts, mediasoup }) => {
    assert.deepEqual(
      [counts['participants'], counts['transports'], counts['producers'], counts['consumers']],
      [1, 2, 2, 0],
    )
    assert.deepEqual([mediasoup.transports, mediasoup.producers, mediasoup.consumers], [2, 2, 0])
  })
})

/** Does everything that a joining client does, as fast as it can. */
async function hurry(client: Joined['client']): Promise<void> {
  const { sendTransport } = await client.next('welcome')
  const dtlsParameters = { role: 'client' as const, fingerprints: [fingerprint] }
  await Promise.all([
    client.request('receive', { rtpCapabilities: capabilities }),
    client.request('connect-transport', { transportId: sendTransport.transportId, dtlsParameters }),
    client.request('produce', { kind: 'audio', source: 'microphone', rtpParameters: opus(400) }),
    client.request('produce', { kind: 'video', source: 'camera', rtpParameters: vp8(401) }),
  ])
}

test('[M13] an empty room stays for its time and then ends', async () => {
  const { client } = await node.join({ emptyTimeoutSeconds: 60 })
  await client.request('leave', {})
  node.clock.advance(59_000)
  assert.equal((await node.stats()).mediasoup.routers, 1)
  node.clock.advance(1_000)
  assert.equal((await node.stats()).mediasoup.routers, 0)
})

test('[M14] the same participant connecting again replaces the older connection', async () => {
  const first = await node.join({ participantId: 'same' })
  const second = await node.join({ participantId: 'same' })
  assert.deepEqual(await first.client.whenClosed(), { code: 4420, reason: 'replaced' })
  assert.deepEqual(second.welcome.participants, [])
  await second.client.request('ping', {})
})

test('[M15] a room that is full takes nobody more, but somebody who is in it again', async () => {
  const limit = { maxParticipants: 1 }
  const { client } = await node.join({ ...limit, participantId: 'in' })
  assert.equal(await node.refusal(await node.token(limit)), 'room_full')
  await client.request('ping', {})
  await node.join({ ...limit, participantId: 'in' })
})

test('[M16] a newer epoch rebuilds the room and an older one is refused, also after the room has gone', async () => {
  const old = await node.join({ roomId: 'moved', epoch: 2 })
  const renewed = await node.join({ roomId: 'moved', epoch: 3 })
  assert.deepEqual(await old.client.whenClosed(), { code: 4414, reason: 'stale_allocation' })
  assert.equal(renewed.welcome.epoch, 3)
  assert.equal(await node.refusal(await node.token({ roomId: 'moved', epoch: 2 })), 'stale_allocation')
  await renewed.client.request('leave', {})
  node.clock.advance(1)
  assert.equal(await node.refusal(await node.token({ roomId: 'moved', epoch: 2 })), 'stale_allocation')
  await node.join({ roomId: 'moved', epoch: 3 })
})

test('[M17] a room that the control plane closes tells its participants, and tokens minted before do not open it', async () => {
  const room = { roomId: 'doomed' }
  const { client } = await node.join(room)
  const minted = await node.token(room)
  const heard = node.registry.nextReport()
  node.registry.commands = [{ type: 'close-room', roomId: 'doomed', epoch: 1 }]
  node.clock.advance(1_000)
  await heard
  assert.deepEqual(await client.whenClosed(), { code: 4410, reason: 'room_closed' })
  assert.equal(await node.refusal(minted), 'room_closed')
  node.clock.advance(2_000)
  await node.join(room)
})

test('[M18] when a worker dies its participants are told, the worker is replaced and they can join again', async () => {
  const [one, two] = await call()
  const [pid = 0] = node.node.workerPids
  process.kill(pid, 'SIGKILL')
  for (const { client } of [one, two]) {
    assert.deepEqual(await client.whenClosed(), { code: 4503, reason: 'unavailable' })
  }
  await until(() => assert.equal(node.node.ready, true))
  assert.notDeepEqual(node.node.workerPids, [pid])
  await call()
})
