import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Call } from '../../../client/sdk/call.ts'
import { captionLine } from './caption-line.ts'
import { consumer } from './consumer.ts'
import { ScriptedTrack } from './scripted-track.ts'
import { type ScriptedConnection, ScriptedWorld } from './scripted-world.ts'

const ada = { participantId: 'ada', displayName: 'Ada', language: 'en', captioned: true }
const ben = { participantId: 'ben', displayName: 'Ben', language: 'en', captioned: true }
const DEADLINE_MS = 60_000
const TRY_AGAIN_MS = 2_000
const HANDOVER_MS = 5_000
const LINGER_MS = 1_000

const voice = new ScriptedTrack('audio', 'voice')
const adasVoice = new ScriptedTrack('audio', "ada's")
const live = { status: 'live', track: adasVoice, flowing: true } as const

const phaseOf = (call: Call) => call.state.phase.name
const errorOf = ({ state: { phase } }: Call) => (phase.name === 'ended' ? phase.error?.code : undefined)
const namesOf = (call: Call) => call.state.participants.map(({ displayName }) => displayName)
const playedOf = (call: Call) =>
  call.state.participants.flatMap(({ tracks }) => tracks.map(({ consumerId, media }) => [consumerId, media.status]))
const typesOf = (world: ScriptedWorld) => world.events.map((event) => event.type)
const hasLeft = (connection: ScriptedConnection) => connection.sent('leave').length > 0

/** A call with Ada, whose voice plays, on a media node that drains. */
async function drainingCall(options: { readonly captions?: true } = {}) {
  const world = new ScriptedWorld()
  const call = await world.call({ tracks: { microphone: voice } }, [ada])
  world.latestMedia.addConsumer(consumer('old', 'ada'))
  world.latestMedia.plays('old', live)
  world.latestMedia.events.onIce('connected')
  const from = world.connection
  if (options.captions) {
    const on = call.setCaptions(true, 'es')
    from.answer('set-captions', { captions: [] })
    await on
  }
  return { world, call, from }
}

async function toldToMove({ world, from }: { world: ScriptedWorld; from: ScriptedConnection }): Promise<void> {
  world.room = { nodeId: 'node-2' }
  from.notify('migrate', { reason: 'draining', deadlineMs: DEADLINE_MS })
  await world.settled()
}

/** Has been let in by the new media node, where Ada is as well. */
async function letIn(world: ScriptedWorld): Promise<void> {
  world.connection.welcome({ participants: [ada] })
  await world.settled()
  world.latestMedia.addConsumer(consumer('new', 'ada'))
}

/** Keeps those media nodes alive that are still asked. */
async function livesOn(world: ScriptedWorld, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    await world.passes(1_000)
    for (const connection of world.connections) {
      if (connection.sent('ping').length > 0) connection.answer('ping', {})
    }
    await world.settled()
  }
}

test('[W23] who is told that the room moves joins the new media node while the old one plays', async () => {
  const { world, call, from } = await drainingCall()
  await toldToMove({ world, from })
  assert.equal(world.joins[1]?.lostNodeId, undefined)
  assert.equal(world.joins[1]?.rejoinToken, 'rejoin-token-1')
  assert.deepEqual([phaseOf(call), playedOf(call)], ['connected', [['old', 'live']]])
  await letIn(world)
  assert.deepEqual([...world.latestMedia.published], [['microphone', voice]])
  assert.deepEqual([phaseOf(call), playedOf(call), hasLeft(from)], ['connected', [['old', 'live']], false])
})

test('[W23] each track is the old one until the new one plays, and everybody is there once, all the time', async () => {
  const { world, call, from } = await drainingCall()
  const seen: unknown[] = []
  call.subscribe(() => seen.push(...call.state.participants.map(({ tracks }) => tracks.map((each) => each.media))))
  await toldToMove({ world, from })
  await letIn(world)
  world.latestMedia.plays('new', { ...live, flowing: false })
  assert.deepEqual(playedOf(call), [['old', 'live']])
  world.latestMedia.plays('new', live)
  assert.deepEqual([namesOf(call), playedOf(call)], [['Ada'], [['new', 'live']]])
  await livesOn(world, LINGER_MS)
  assert.deepEqual([namesOf(call), playedOf(call)], [['Ada'], [['new', 'live']]])
  assert.ok(seen.every((tracks) => JSON.stringify(tracks) === JSON.stringify([live])))
})

test('[W23] the old media node is left a moment after the new one shows all, so that the others see it all too', async () => {
  const { world, from } = await drainingCall()
  await toldToMove({ world, from })
  await letIn(world)
  world.latestMedia.plays('new', live)
  await world.passes(LINGER_MS - 1)
  assert.equal(hasLeft(from), false)
  await world.passes(1)
  assert.equal(hasLeft(from), true)
  assert.deepEqual([world.media[0]?.isClosed, world.media[1]?.isClosed], [true, false])
  assert.deepEqual(typesOf(world), ['migrated'])
})

test('[W23] a track that its sender muted needs not play to be taken over', async () => {
  const { world, from } = await drainingCall()
  await toldToMove({ world, from })
  await letIn(world)
  world.latestMedia.plays('new', { ...live, flowing: false })
  world.connection.notify('consumer-paused', { consumerId: 'new' })
  await livesOn(world, LINGER_MS)
  assert.equal(hasLeft(from), true)
})

test('[W23] the old media node is left in the end, whoever has not come', async () => {
  const { world, call, from } = await drainingCall()
  await toldToMove({ world, from })
  await letIn(world)
  await livesOn(world, HANDOVER_MS + LINGER_MS)
  assert.equal(hasLeft(from), true)
  assert.deepEqual([phaseOf(call), playedOf(call)], ['connected', [['new', 'connecting']]])
})

test('[W23] whoever leaves or comes during the move is seen to', async () => {
  const { world, call, from } = await drainingCall()
  await toldToMove({ world, from })
  world.connection.welcome()
  await world.settled()
  from.notify('participant-left', { participantId: 'ada' })
  world.connection.notify('participant-joined', ben)
  assert.deepEqual(namesOf(call), ['Ben'])
})

test('[W24] as long as there is nowhere to go the call stays and asks again, until it is told otherwise', async () => {
  const { world, call, from } = await drainingCall()
  from.notify('migrate', { reason: 'draining', deadlineMs: DEADLINE_MS })
  await world.settled()
  await livesOn(world, TRY_AGAIN_MS)
  await livesOn(world, TRY_AGAIN_MS)
  assert.deepEqual([world.joins.length, world.connections.length, phaseOf(call)], [4, 1, 'connected'])
  await livesOn(world, DEADLINE_MS)
  const asked = world.joins.length
  await livesOn(world, DEADLINE_MS)
  assert.equal(world.joins.length, asked)
  world.room = { nodeId: 'node-2' }
  from.refuse('draining')
  await world.settled()
  assert.deepEqual([phaseOf(call), world.connection.nodeId], ['reconnecting', 'node-2'])
})

test('[W24] a new media node that cannot be reached is tried again, and the old one plays on', async () => {
  const { world, call, from } = await drainingCall()
  await toldToMove({ world, from })
  world.connection.break()
  await world.settled()
  assert.deepEqual([phaseOf(call), playedOf(call)], ['connected', [['old', 'live']]])
  await livesOn(world, TRY_AGAIN_MS)
  assert.deepEqual([world.connections.length, world.connection.nodeId], [3, 'node-2'])
})

test('[W24] being told twice is being told once', async () => {
  const { world, from } = await drainingCall()
  await toldToMove({ world, from })
  await toldToMove({ world, from })
  assert.equal(world.joins.length, 2)
})

test('[W24] a media node that breaks before the move is done is joined again like any other', async () => {
  const { world, call, from } = await drainingCall()
  await toldToMove({ world, from })
  const moving = world.connection
  from.refuse('draining')
  await world.settled()
  assert.equal(moving.socket.isClosed, true)
  assert.deepEqual([phaseOf(call), world.joins.length], ['reconnecting', 3])
  await letIn(world)
  assert.deepEqual([phaseOf(call), playedOf(call)], ['connected', [['old', 'interrupted']]])
})

test('[W24] an old media node that breaks after the new one has taken over is not missed', async () => {
  const { world, call, from } = await drainingCall()
  await toldToMove({ world, from })
  await letIn(world)
  from.break()
  await world.settled()
  assert.deepEqual([phaseOf(call), playedOf(call)], ['connected', [['old', 'interrupted']]])
  world.latestMedia.plays('new', live)
  assert.deepEqual([world.media[0]?.isClosed, playedOf(call)], [true, [['new', 'live']]])
})

test('[W24] a new media node that moves the room on at once is followed', async () => {
  const { world, from } = await drainingCall()
  await toldToMove({ world, from })
  world.room = { nodeId: 'node-3' }
  world.connection.welcome({ participants: [ada] })
  world.connection.notify('migrate', { reason: 'draining', deadlineMs: DEADLINE_MS })
  await world.settled()
  assert.equal(world.connection.nodeId, 'node-3')
})

test('[W24] whoever leaves during the move is out of both media nodes', async () => {
  const { world, call, from } = await drainingCall()
  await toldToMove({ world, from })
  await letIn(world)
  call.leave()
  await world.settled()
  assert.deepEqual([hasLeft(from), hasLeft(world.connection), errorOf(call)], [true, true, undefined])
  assert.deepEqual([world.media.every(({ isClosed }) => isClosed), world.clock.waiting], [true, 0])
})

test('[W24] what is muted or sent during the move is so on both media nodes', async () => {
  const { world, call, from } = await drainingCall()
  await toldToMove({ world, from })
  await letIn(world)
  const camera = new ScriptedTrack('video', 'camera')
  call.publish('camera', camera).catch(() => {})
  call.mute('microphone').catch(() => {})
  await world.settled()
  for (const media of world.media) {
    assert.equal(media.published.get('camera'), camera)
    assert.equal(media.muted.get('microphone'), true)
  }
})

test('[W25] captions are read on the old media node until the new one plays, and then on the new one', async () => {
  const { world, call, from } = await drainingCall({ captions: true })
  const say = (connection: ScriptedConnection, segmentId: string, final = false, revision = 1) => {
    const { speaker, receivedAt, ...caption } = captionLine(segmentId, { final, revision })
    connection.notify('caption', caption)
  }
  const lines = () => call.state.captions.transcript.lines.map(({ segmentId, final }) => `${segmentId} ${final}`)
  await toldToMove({ world, from })
  await letIn(world)
  const to = world.connection
  say(from, 'a')
  say(from, 'b')
  assert.deepEqual([lines(), to.sent('set-captions')], [['a false', 'b false'], []])
  world.latestMedia.plays('new', live)
  await world.settled()
  assert.deepEqual(to.sent('set-captions'), [{ enabled: true, language: 'es' }])
  to.answer('set-captions', { captions: [] })
  say(from, 'a', true, 2)
  say(from, 'c')
  say(to, 'd')
  assert.deepEqual(lines(), ['a true', 'b false', 'd false'])
  await livesOn(world, LINGER_MS)
  assert.deepEqual(lines(), ['a true', 'b true', 'd false'])
})
