import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineSupply } from '../../../media-node/captions/engine-supply.ts'
import { LaneTally } from '../../../media-node/captions/lane-tally.ts'
import { ANSWER_DEADLINE_MS } from '../../../media-node/captions/recognition.ts'
import { WELL_AGAIN_MS } from '../../../media-node/captions/speaker-troubles.ts'
import { OPEN_DEADLINE_MS } from '../../../media-node/captions/supplied-engine.ts'
import { SettableClock } from '../shared/settable-clock.ts'
import { ScriptedEngine } from './scripted-engine.ts'
import { scripted } from './scripted-recognition.ts'

/** Longer than any retry, and than any pause of a breaker. */
const LONG_MS = 6_000

test('[G74] an engine that refuses for ever is replaced by its fall-back: nothing is missing, and readers are told', async () => {
  const room = scripted({ hasFallback: true })
  const speaker = room.speaker()
  await speaker.begin()
  speaker.say('we', 'will')
  room.engine.refusal = 'refused'
  room.engine.break('refused')
  speaker.say('meet')
  await room.pass(1_000)
  speaker.say('again')
  speaker.end()
  assert.deepEqual(speaker.finals, ['we will meet again'])
  assert.equal(new Set(speaker.captions.map(({ segmentId }) => segmentId)).size, 1)
  await room.pass(WELL_AGAIN_MS)
  assert.equal(speaker.told.at(-1), 'degraded fallback_engine')
  assert.ok(!speaker.told.includes('resumed') && !speaker.told.some((told) => told.startsWith('failed')))
  assert.equal(room.count('engine_fallbacks'), 1)
  assert.deepEqual(room.changes, ['first open'])
})

test('[G74] an engine that takes speech and never answers is replaced within the time for which speech is kept', async () => {
  const room = scripted({ hasFallback: true })
  room.engine.mute = true
  const speaker = room.speaker()
  for (const word of ['first', 'second']) {
    await speaker.begin()
    speaker.say(word)
    speaker.end()
    await room.pass(2 * ANSWER_DEADLINE_MS + LONG_MS)
  }
  assert.deepEqual(speaker.finals, ['first', 'second'])
  assert.deepEqual(room.changes, ['first open'])
})

test('[G74] one failure between two texts replaces nothing', async () => {
  const room = scripted({ hasFallback: true })
  const speaker = room.speaker()
  for (let time = 0; time < 6; time += 1) {
    await speaker.begin()
    speaker.say('well')
    room.engine.break()
    await room.pass(LONG_MS)
    speaker.end()
  }
  assert.equal(room.fallback.opened, 0)
  assert.equal(speaker.finals.length, 6)
})

test('[G75] when the engine can be had again, speakers return to it between two utterances, one of them first', async () => {
  const room = scripted({ hasFallback: true })
  const [first, second] = [room.speaker(), room.speaker()]
  room.engine.refusal = 'unreachable'
  for (const speaker of [first, second]) {
    await speaker.begin()
    speaker.say('before')
  }
  await room.pass(LONG_MS)
  assert.equal(room.fallback.recognisers, 2)
  room.engine.refusal = undefined
  await room.pass(LONG_MS)
  for (const speaker of [first, second]) speaker.say('after')
  assert.equal(room.fallback.recognisers, 2, 'in mid-utterance they stay where they are')
  for (const speaker of [first, second]) {
    speaker.end()
    await speaker.begin()
  }
  assert.deepEqual([room.engine.recognisers, room.fallback.recognisers], [1, 1])
  first.say('trial')
  assert.deepEqual(room.changes, ['first open', 'first closed'])
  second.say('goes on')
  second.end()
  await second.begin()
  second.say('back')
  assert.deepEqual([room.engine.recognisers, room.fallback.recognisers], [2, 0])
  await room.pass(WELL_AGAIN_MS)
  for (const { told, finals } of [first, second]) {
    assert.equal(told.at(-1), 'resumed')
    assert.equal(told.filter((status) => status === 'resumed').length, 1)
    assert.equal(finals[0], 'before after')
  }
})

test('[G75] a speaker whose trial of the engine fails goes on in the fall-back, and nothing is missing', async () => {
  const room = scripted({ hasFallback: true })
  const speaker = room.speaker()
  room.engine.refusal = 'unreachable'
  await speaker.begin()
  speaker.say('before')
  await room.pass(LONG_MS)
  speaker.end()
  room.engine.refusal = undefined
  await room.pass(LONG_MS)
  await speaker.begin()
  assert.equal(room.engine.recognisers, 1)
  room.engine.break()
  await room.pass(LONG_MS / 10)
  speaker.say('after')
  speaker.end()
  assert.deepEqual(speaker.finals, ['before', 'after'])
  assert.deepEqual(room.changes, ['first open'])
})

test('[G75] while the engine cannot be had it is only probed, and who uses the fall-back stays there', async () => {
  const room = scripted({ hasFallback: true })
  room.engine.refusal = 'unreachable'
  const speaker = room.speaker()
  for (let time = 0; time < 5; time += 1) {
    await speaker.begin()
    await room.pass(LONG_MS)
    speaker.say('on')
    speaker.end()
  }
  assert.equal(room.fallback.opened, 1)
  assert.ok(room.engine.opened > 5)
})

test('[G76] without a fall-back speech waits until the engine can be had, and the engine is only probed meanwhile', async () => {
  const room = scripted()
  const speakers = [room.speaker(), room.speaker(), room.speaker()]
  room.engine.refusal = 'unreachable'
  for (const speaker of speakers) {
    await speaker.begin()
    speaker.hear('patience')
    speaker.end()
  }
  await room.pass(LONG_MS)
  const { opened } = room.engine
  await room.pass(LONG_MS)
  assert.ok(room.engine.opened - opened <= 5, 'by one probe at a time, though three wait')
  room.engine.refusal = undefined
  while (room.changes.length < 2) await room.pass(50)
  await room.pass(100)
  for (const { finals } of speakers) assert.deepEqual(finals, ['patience'])
  await room.pass(WELL_AGAIN_MS)
  for (const { told } of speakers) assert.deepEqual(told, ['degraded engine_unavailable', 'resumed'])
})

test('[G77] a language that only the fall-back knows is recognised there, and that is no trouble', async () => {
  const room = scripted({ hasFallback: true })
  room.engine.known = () => false
  const speaker = room.speaker()
  await speaker.begin()
  speaker.say('bonjour')
  speaker.end()
  assert.deepEqual([speaker.finals, speaker.told, room.changes], [['bonjour'], [], []])
  assert.ok(room.supply.supports('en'))
  room.fallback.known = () => false
  assert.ok(!room.supply.supports('en'))
})

test('[G77] a language that no engine knows, and engines that all refuse, are told as failed', async () => {
  for (const [kind, reason] of [
    ['language_unsupported', 'language_unsupported'],
    ['refused', 'engine_unavailable'],
  ] as const) {
    const room = scripted({ hasFallback: true })
    room.engine.refusal = kind
    room.fallback.refusal = kind
    const speaker = room.speaker()
    await speaker.begin()
    await room.pass(LONG_MS)
    assert.equal(speaker.told.at(-1), `failed ${reason}`)
    assert.deepEqual([room.engine.recognisers, room.fallback.recognisers], [0, 0])
  }
})

test('[G78] an engine that cannot be made leaves the lane to its fall-back, and one that never opens a stream is closed', async () => {
  const clock = new SettableClock()
  const fallback = new ScriptedEngine()
  const supplyOf = (second: ScriptedEngine | undefined) =>
    new EngineSupply({
      engine: { name: 'first', create: () => Promise.reject(new Error('not on this machine')) },
      fallback: second && { name: 'second', create: async () => second },
      ...{ tally: new LaneTally(), clock, random: () => 0.5, changed: () => undefined },
    })
  await assert.rejects(supplyOf(undefined).start(), /not on this machine/)
  const supply = supplyOf(fallback)
  await supply.start()
  fallback.hold()
  const nothing = () => undefined
  const opening = supply.open({ language: 'en', utterance: nothing, onText: nothing, onFailure: nothing })
  await new Promise(setImmediate)
  clock.advance(OPEN_DEADLINE_MS)
  assert.ok('kind' in (await opening))
  await fallback.let()
  assert.equal(fallback.recognisers, 0)
  supply.close()
  assert.equal(clock.waiting, 0)
})
