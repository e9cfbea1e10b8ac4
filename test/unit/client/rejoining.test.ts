import assert from 'node:assert/strict'
import { test } from 'node:test'
import { breaks, callWithAda, LONG_MS, phaseOf, rejoins, ticketOf, typesOf } from './broken-call.ts'
import { captionLine } from './caption-line.ts'
import { ScriptedTrack } from './scripted-track.ts'

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
