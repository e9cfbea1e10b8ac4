import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Call } from '../../../client/sdk/call.ts'
import { captionLine } from './caption-line.ts'
import { consumer } from './consumer.ts'
import { ScriptedTrack } from './scripted-track.ts'
import { type ScriptedConnection, ScriptedWorld } from './scripted-world.ts'

const ada = { participantId: 'ada', displayName: 'Ada', language: 'en', captioned: true }
const ben = { participantId: 'ben', displayName: 'Ben', language: 'en', captioned: true }
const GIVE_UP_MS = 60_000
const LONG_MS = 10_000

const voice = new ScriptedTrack('audio', 'voice')
const adasVoice = new ScriptedTrack('audio', "ada's")

const phaseOf = (call: Call) => call.state.phase.name
const errorOf = ({ state: { phase } }: Call) => (phase.name === 'ended' ? phase.error?.code : undefined)
const ticketOf = ({ nodeId, ticket }: ScriptedConnection) => [nodeId, ticket]
const namesOf = (call: Call) => call.state.participants.map(({ displayName }) => displayName)
const mediaOf = (call: Call) =>
  call.state.participants.flatMap(({ tracks }) => tracks.map(({ consumerId, media }) => [consumerId, media.status]))
const typesOf = (world: ScriptedWorld) => world.events.map((event) => event.type)

/** A call with Ada, whose voice plays. */
async function callWithAda(options: Parameters<ScriptedWorld['call']>[0] = {}) {
  const world = new ScriptedWorld()
  const call = await world.call({ tracks: { microphone: voice }, ...options }, [ada])
  world.latestMedia.addConsumer(consumer('c1', 'ada'))
  world.latestMedia.plays('c1', { status: 'live', track: adasVoice, flowing: true })
  world.latestMedia.events.onIce('connected')
  return { world, call }
}

async function breaks(world: ScriptedWorld): Promise<void> {
  world.connection.break()
  await world.settled()
}

test('[W19] a broken connection is resumed at once, with everybody and every track as they were', async () => {
  const { world, call } = await callWithAda()
  await breaks(world)
  assert.equal(phaseOf(call), 'reconnecting')
  assert.deepEqual(ticketOf(world.connection), ['node-1', { resumeToken: 'resume-token-of-node-1' }])
  assert.deepEqual(mediaOf(call), [['c1', 'live']])
  world.connection.resumed({ participants: [ada], consumers: [consumer('c1', 'ada')] })
  await world.settled()
  assert.equal(phaseOf(call), 'connected')
  assert.deepEqual(mediaOf(call), [['c1', 'live']])
  assert.deepEqual([world.media.length, world.joins.length], [1, 1])
})

test('[W19] what happened while the connection was broken is caught up with', async () => {
  const { world, call } = await callWithAda()
  await breaks(world)
  world.connection.resumed({ participants: [ben], consumers: [consumer('c2', 'ben')], captionsActive: true })
  await world.settled()
  assert.deepEqual(namesOf(call), ['Ben'])
  assert.deepEqual(mediaOf(call), [['c2', 'connecting']])
  assert.deepEqual([...world.latestMedia.consumers], ['c2'])
  assert.equal(call.state.captions.active, true)
})

test('[W19] a track that ended while the connection was broken is gone', async () => {
  const { world, call } = await callWithAda()
  await breaks(world)
  world.connection.resumed({ participants: [ada] })
  await world.settled()
  assert.deepEqual([namesOf(call), mediaOf(call), world.latestMedia.consumers.size], [['Ada'], [], 0])
})

test('[W19] a track that was muted while the connection was broken is shown so', async () => {
  const { world, call } = await callWithAda()
  await breaks(world)
  const muted = { ...consumer('c1', 'ada'), producerPaused: true }
  world.connection.resumed({ participants: [ada], consumers: [muted] })
  assert.equal(call.state.participants[0]?.tracks[0]?.paused, true)
})

test('[W19] on a resumed connection ICE is restarted and captions are asked for again', async () => {
  const { world, call } = await callWithAda()
  const on = call.setCaptions(true, 'es')
  world.connection.answer('set-captions', { captions: [] })
  await on
  await breaks(world)
  world.connection.resumed({ participants: [ada] })
  await world.settled()
  assert.equal(world.latestMedia.iceRestarts, 1)
  assert.deepEqual(world.connection.sent('set-captions'), [{ enabled: true, language: 'es' }])
})

test('[W19] what is asked for while the connection is broken is done when it is back', async () => {
  const { world, call } = await callWithAda()
  await breaks(world)
  const muted = call.mute('microphone')
  world.connection.resumed({ participants: [ada] })
  await world.settled()
  world.connection.answer('pause-producer', {})
  await muted
})

test('[W19] a media node that is silent is noticed by its missing answer to a ping', async () => {
  const { world, call } = await callWithAda()
  await world.passes(1_000)
  assert.equal(world.connection.sent('ping').length, 1)
  await world.passes(1_500)
  assert.equal(phaseOf(call), 'reconnecting')
  assert.equal(world.connections.length, 2)
})

test('[W19] a change of network is followed by a ping, and by the next attempt where there is one to come', async () => {
  const { world } = await callWithAda()
  await world.networkChanges()
  assert.equal(world.connection.sent('ping').length, 1)
  world.room = { refusal: 'unavailable', status: 503 }
  await breaks(world)
  await breaks(world)
  const attempts = world.connections.length
  await world.networkChanges()
  assert.equal(world.connections.length, attempts + 1)
})

test('[W20] what cannot be resumed is joined again as the same participant, with the lost media node named', async () => {
  const { world, call } = await callWithAda({ language: 'fr' })
  world.room = { nodeId: 'node-2' }
  await breaks(world)
  await breaks(world)
  const [first, second] = world.joins
  assert.deepEqual([first?.rejoinToken, first?.lostNodeId], [undefined, undefined])
  assert.deepEqual(second, {
    displayName: 'Me',
    language: 'fr',
    rejoinToken: 'rejoin-token-1',
    lostNodeId: 'node-1',
  })
  assert.deepEqual(ticketOf(world.connection), ['node-2', { joinToken: 'token-2' }])
  world.connection.welcome()
  await world.settled()
  assert.equal(phaseOf(call), 'connected')
  assert.deepEqual(typesOf(world), ['reconnecting', 'reconnected'])
})

for (const code of ['unavailable', 'draining', 'stale_allocation'] as const) {
  test(`[W20] a connection closed with ${code} is not resumed but joined again`, async () => {
    const { world } = await callWithAda()
    world.room = { nodeId: 'node-2' }
    world.connection.refuse(code)
    await world.settled()
    assert.deepEqual(ticketOf(world.connection), ['node-2', { joinToken: 'token-2' }])
  })
}

test('[W20] who comes too late to resume joins again, and is not resumed after that', async () => {
  const { world } = await callWithAda()
  await breaks(world)
  world.connection.refuse('resume_expired')
  await world.settled()
  assert.equal(world.joins.length, 2)
  await breaks(world)
  await world.passes(LONG_MS)
  assert.equal(world.joins.length, 3)
})

test('[W20] on the new connection everything is sent again, as it was', async () => {
  const { world, call } = await callWithAda()
  const camera = new ScriptedTrack('video', 'camera')
  call.publish('camera', camera).catch(() => {})
  call.unpublish('microphone').catch(() => {})
  await rejoins(world)
  assert.deepEqual([...world.latestMedia.published], [['camera', camera]])
  assert.deepEqual(call.state.published, { camera: { track: camera, muted: false } })
})

test('[W20] who keeps out of captions is kept out on the new connection before anything is sent', async () => {
  const { world, call } = await callWithAda()
  const out = call.setSpeech({ captioned: false })
  world.connection.answer('set-speech', {})
  await out
  await rejoins(world)
  assert.equal(phaseOf(call), 'reconnecting')
  assert.deepEqual(world.connection.sent('set-speech'), [{ captioned: false }])
  assert.equal(world.latestMedia.published.size, 0)
  world.connection.answer('set-speech', {})
  await world.settled()
  assert.equal(phaseOf(call), 'connected')
  assert.equal(world.latestMedia.published.size, 1)
})

test('[W20] captions are on again on the new connection, and the history stays, without duplicates', async () => {
  const { world, call } = await callWithAda()
  const line = (segmentId: string, final: boolean) => {
    const { speaker, receivedAt, ...caption } = captionLine(segmentId, { final, startMs: Number(segmentId) })
    return caption
  }
  const on = call.setCaptions(true)
  world.connection.answer('set-captions', { captions: [line('1', true), line('2', false)] })
  await on
  await rejoins(world)
  world.connection.answer('set-captions', { captions: [line('1', true), line('3', true)] })
  await world.settled()
  await world.passes(LONG_MS)
  const lines = call.state.captions.transcript.lines.map(({ segmentId, final }) => [segmentId, final])
  assert.deepEqual(lines, [
    ['1', true],
    ['2', true],
    ['3', true],
  ])
})

test('[W20] captions that a new connection cannot have are shown as off', async () => {
  const { world, call } = await callWithAda()
  const on = call.setCaptions(true)
  world.connection.answer('set-captions', { captions: [] })
  await on
  await rejoins(world)
  await world.passes(LONG_MS)
  assert.equal(call.state.captions.enabled, false)
})

test('[W20] what was asked for on a lost connection is asked for again on the new one', async () => {
  const { world, call } = await callWithAda()
  await breaks(world)
  const chosen = call.setSpeech({ language: 'es' })
  world.room = { nodeId: 'node-2' }
  await breaks(world)
  world.connection.welcome()
  await world.settled()
  world.connection.answer('set-speech', {})
  await chosen
  assert.equal(call.state.speech.language, 'es')
})

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

/** Loses the media node for good, and is let in by the next one. */
async function rejoins(world: ScriptedWorld): Promise<void> {
  world.room = { nodeId: 'node-2' }
  await breaks(world)
  await breaks(world)
  world.connection.welcome()
  await world.settled()
}
