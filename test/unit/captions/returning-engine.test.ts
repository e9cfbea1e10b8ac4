import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { FIRST_RETRY_MS } from '../../../media-node/captions/speaker-captions.ts'
import { WELL_AGAIN_MS } from '../../../media-node/captions/speaker-troubles.ts'
import { UNKNOWN_LANGUAGE_MS } from '../../../media-node/captions/supplied-engine.ts'
import { CaptionRoom } from './caption-room.ts'
import { scripted } from './scripted-recognition.ts'

const REFUSED_MS = 15_000
/** Longer than any pause of a breaker and of a speaker. */
const LONG_MS = 6_000

test('[G345] after a refusal that passes every speaker has captions again, and nothing of half a minute is missing', async () => {
  const room = scripted()
  const [first, second, third] = [room.speaker(), room.speaker(), room.speaker()]
  for (const speaker of [first, second]) {
    await speaker.begin()
    speaker.say('before')
    speaker.end()
    await speaker.begin()
  }
  room.engine.refusal = 'refused'
  room.engine.break('unreachable')
  for (const speaker of [first, second]) speaker.say('meanwhile')
  await room.pass(REFUSED_MS)
  for (const { told } of [first, second]) assert.equal(told.at(-1), 'failed engine_unavailable')
  room.engine.refusal = undefined
  await room.pass(LONG_MS)
  for (const speaker of [first, second]) speaker.end()
  await third.begin()
  third.say('after')
  third.end()
  await room.pass(WELL_AGAIN_MS)
  for (const { finals, told } of [first, second]) {
    assert.deepEqual(finals, ['before', 'meanwhile'])
    assert.equal(told.at(-1), 'resumed')
  }
  assert.deepEqual(third.finals, ['after'])
})

test('[G345] a speaker with nothing left to say is well again as soon as the engine is, without saying a word', async () => {
  const room = scripted()
  const silent = room.speaker()
  await silent.begin()
  silent.say('all')
  silent.end()
  room.engine.refusal = 'refused'
  room.engine.break('refused')
  await room.pass(REFUSED_MS)
  assert.equal(silent.told.at(-1), 'failed engine_unavailable')
  room.engine.refusal = undefined
  await room.pass(LONG_MS + WELL_AGAIN_MS)
  assert.equal(silent.told.at(-1), 'resumed')
  assert.equal(room.engine.recognisers, 0)
})

test('[G346] a language that an engine did not know is asked for again after a minute, and not before', async () => {
  const room = scripted()
  room.engine.refusal = 'language_unsupported'
  const refused = room.speaker()
  await refused.begin()
  assert.deepEqual(refused.told, ['failed language_unsupported'])
  room.engine.refusal = undefined
  const early = room.speaker()
  await early.begin()
  assert.deepEqual(early.told, ['failed language_unsupported'])
  await room.pass(UNKNOWN_LANGUAGE_MS)
  const later = room.speaker()
  await later.begin()
  later.say('bonjour')
  later.end()
  assert.deepEqual([later.finals, later.told, room.engine.opened], [['bonjour'], [], 2])
  assert.ok(room.supply.supports('fr'), 'a lane takes speech of it all the while')
})

test('[G347] a speaker whose speech a lane did not take is tried again, until there are captions', async () => {
  for (const reason of ['overloaded', 'language_unsupported'] as const) {
    const room = new CaptionRoom()
    const told: string[] = []
    const notify = (event: string, data: object) =>
      void (event === 'captions-status' && told.push(`${'status' in data && data.status}`))
    room.captions.addReader({ participantId: 'reader', language: 'en', notify })
    await room.speaker('ana')
    room.status({ status: 'failed', reason })
    assert.equal(room.taps, 0)
    room.clock.advance(FIRST_RETRY_MS)
    await nextTurn()
    room.status({ status: 'failed', reason })
    room.clock.advance(2 * FIRST_RETRY_MS)
    await nextTurn()
    assert.equal(room.streams.length, 3)
    room.say('a', 0, 'at last')
    assert.deepEqual(told, ['started', 'failed', 'resumed'])
  }
})

test('[G347] a speaker who could not be tapped is tapped as soon as that works, and nothing waits for one who left', async () => {
  let works = false
  const rtpParameters = { codecs: [] }
  const tap = async () => {
    if (!works) throw new Error('no room in the worker')
    return { rtpParameters, closed: false, close: () => undefined }
  }
  const room = new CaptionRoom({ source: { tap } })
  room.captions.addReader({ participantId: 'reader', language: 'en', notify: () => undefined })
  await room.speaker('ana')
  await room.speaker('ben')
  assert.equal(room.captions.taps, 0)
  room.captions.removeSpeaker('ben')
  works = true
  room.clock.advance(FIRST_RETRY_MS)
  await nextTurn()
  assert.equal(room.captions.taps, 1)
  assert.equal(room.clock.waiting, 0)
})
