import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ada, ben, breaks, callWithAda, mediaOf, namesOf, phaseOf, ticketOf } from './broken-call.ts'
import { consumer } from './consumer.ts'

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
