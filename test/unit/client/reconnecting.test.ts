import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ada,
  adasVoice,
  ben,
  breaks,
  callWithAda,
  errorOf,
  GIVE_UP_MS,
  LONG_MS,
  mediaOf,
  namesOf,
  phaseOf,
  rejoins,
  typesOf,
  voice,
} from './broken-call.ts'
import { consumer } from './consumer.ts'
import { ScriptedWorld } from './scripted-world.ts'

test('[W21] nobody disappears while one joins again: tracks stand still until new ones play in their places', async () => {
  const { world, call } = await callWithAda()
  await rejoins(world)
  assert.deepEqual([namesOf(call), mediaOf(call)], [['Ada'], [['c1', 'interrupted']]])
  world.connection.notify('participant-joined', ada)
  world.latestMedia.addConsumer(consumer('c9', 'ada'))
  assert.deepEqual(mediaOf(call), [['c1', 'interrupted']])
  world.latestMedia.plays('c9', { status: 'live', track: adasVoice, flowing: false })
  assert.deepEqual(mediaOf(call), [['c1', 'interrupted']])
  world.latestMedia.plays('c9', { status: 'live', track: adasVoice, flowing: true })
  assert.deepEqual(mediaOf(call), [['c9', 'live']])
  assert.equal(world.media[0]?.isClosed, true)
})

test('[W21] as soon as to resume has failed tracks count as interrupted, until they are resumed after all', async () => {
  const { world, call } = await callWithAda()
  world.room = { refusal: 'unavailable', status: 503 }
  await breaks(world)
  await breaks(world)
  assert.deepEqual(mediaOf(call), [['c1', 'interrupted']])
  await world.passes(LONG_MS)
  world.connection.resumed({ participants: [ada], consumers: [consumer('c1', 'ada')] })
  await world.settled()
  assert.deepEqual([phaseOf(call), mediaOf(call)], ['connected', [['c1', 'live']]])
})

test('[W21] who does not come back is gone after a while', async () => {
  const { world, call } = await callWithAda()
  await rejoins(world)
  await world.passes(LONG_MS)
  assert.deepEqual(namesOf(call), [])
})

test('[W21] those who come back keep their places', async () => {
  const { world, call } = await callWithAda()
  world.connection.notify('participant-joined', ben)
  await rejoins(world)
  world.connection.notify('participant-joined', ben)
  world.connection.notify('participant-joined', ada)
  await world.passes(LONG_MS)
  assert.deepEqual(namesOf(call), ['Ada', 'Ben'])
})

test('[W21] while the media node is silent and the room stays there, to resume comes before to join there again', async () => {
  const { world } = await callWithAda()
  await breaks(world)
  for (let round = 0; round < 5; round += 1) await world.passes(LONG_MS)
  const kinds = world.connections.slice(1).map(({ ticket }) => ('joinToken' in ticket ? 'rejoin' : 'resume'))
  assert.deepEqual(kinds.slice(0, 4), ['resume', 'resume', 'resume', 'resume'])
})

test('[W21] a call that cannot be reconnected ends after a minute, as lost, and with nothing left open', async () => {
  const { world, call } = await callWithAda()
  await breaks(world)
  await world.passes(GIVE_UP_MS)
  assert.equal(errorOf(call), 'connection_lost')
  assert.deepEqual(typesOf(world), ['reconnecting', 'ended'])
  assert.ok(world.media.every(({ isClosed }) => isClosed))
  assert.equal(world.clock.waiting, 0)
})

test('[W21] a connection that breaks again and again is the same trouble, which has its end', async () => {
  const { world, call } = await callWithAda()
  for (let round = 0; round < 70 && phaseOf(call) !== 'ended'; round += 1) {
    await breaks(world)
    if (!('resumeToken' in world.connection.ticket) || world.connections.length < round + 2) await world.passes(2_000)
    if (phaseOf(call) !== 'ended') world.connection.resumed()
    await world.passes(1_000)
    world.connection.sent('ping').length > 0 && world.connection.answer('ping', {})
    await world.settled()
  }
  assert.equal(errorOf(call), 'connection_lost')
})

test('[W21] a call that was steady in between has its whole patience again', async () => {
  const { world, call } = await callWithAda()
  for (let round = 0; round < 9; round += 1) {
    await breaks(world)
    world.connection.resumed()
    await world.settled()
    for (let second = 0; second < 9; second += 1) {
      await world.passes(1_000)
      world.connection.answer('ping', {})
      await world.settled()
    }
  }
  assert.equal(phaseOf(call), 'connected')
})

for (const code of ['room_closed', 'replaced'] as const) {
  test(`[W21] a connection closed with ${code} ends the call at once`, async () => {
    const { world, call } = await callWithAda()
    world.connection.refuse(code)
    await world.settled()
    assert.equal(errorOf(call), code)
    assert.equal(world.connections.length, 1)
  })
}

test('[W21] a refusal while joining again that no attempt can help ends the call', async () => {
  const { world, call } = await callWithAda()
  world.room = { refusal: 'room_full', status: 409 }
  await breaks(world)
  await breaks(world)
  assert.equal(errorOf(call), 'room_full')
})

test('[W21] whoever leaves while reconnecting is out, and no attempt is left', async () => {
  const { world, call } = await callWithAda()
  await breaks(world)
  call.leave()
  await world.settled()
  await world.passes(LONG_MS)
  assert.deepEqual([phaseOf(call), errorOf(call)], ['ended', undefined])
  assert.deepEqual([world.connections.length, world.joins.length, world.clock.waiting], [2, 1, 0])
  assert.equal(world.connection.socket.isClosed, true)
})

test('[W22] media that stops is helped by a new way through the network, and replaced where that does not help', async () => {
  const { world, call } = await callWithAda()
  const answerPing = async () => {
    await world.passes(1_000)
    if (phaseOf(call) === 'connected') world.connection.answer('ping', {})
    await world.settled()
  }
  world.latestMedia.events.onIce('interrupted')
  assert.equal(call.state.mediaConnection, 'interrupted')
  await answerPing()
  assert.equal(world.latestMedia.iceRestarts, 1)
  for (let second = 0; second < 5; second += 1) await answerPing()
  assert.deepEqual([phaseOf(call), world.joins.length], ['reconnecting', 2])
})

test('[W22] media that comes back by itself is left alone', async () => {
  const { world, call } = await callWithAda()
  world.latestMedia.events.onIce('interrupted')
  world.latestMedia.events.onIce('connected')
  await world.passes(1_000)
  assert.deepEqual([world.latestMedia.iceRestarts, call.state.mediaConnection], [0, 'connected'])
})

test('[W22] where media never got through, the call ends and says so', async () => {
  const world = new ScriptedWorld()
  const call = await world.call({ tracks: { microphone: voice } })
  const pings = async () => {
    await world.passes(1_000)
    if (phaseOf(call) === 'connected') world.connection.answer('ping', {})
    await world.settled()
  }
  world.latestMedia.events.onIce('failed')
  for (let second = 0; second < 6; second += 1) await pings()
  assert.equal(errorOf(call), 'connection_lost')
})

test('[W22] a first join whose media node is dead is placed anew, once', async () => {
  const world = new ScriptedWorld()
  const joining = world.join()
  await world.settled()
  world.room = { nodeId: 'node-2' }
  world.connection.break()
  await world.settled()
  assert.equal(world.joins[1]?.lostNodeId, 'node-1')
  world.connection.break()
  await assert.rejects(joining, { code: 'unavailable' })
})
