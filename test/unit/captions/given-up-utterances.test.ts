import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ANSWER_DEADLINE_MS, LAST_ATTEMPT_AFTER_MS, MAX_ATTEMPTS } from '../../../media-node/captions/recognition.ts'
import { scripted } from './scripted-recognition.ts'

/** Longer than all attempts at an utterance take, with the pauses in between. */
const ALL_ATTEMPTS_MS = MAX_ATTEMPTS * (ANSWER_DEADLINE_MS + LAST_ATTEMPT_AFTER_MS)

for (const how of ['hang', 'break'] as const) {
  test(`[G340] an utterance at which every stream fails (${how}) is given up after three, and the next ones go on`, async () => {
    const room = scripted()
    const speaker = room.speaker()
    room.engine.chokes = { on: 'long', how }
    for (const words of [['a', 'long', 'one'], ['short'], ['shorter']]) {
      await speaker.begin()
      speaker.say(...words)
      speaker.end()
    }
    await room.pass(ALL_ATTEMPTS_MS)
    assert.deepEqual(speaker.finals, ['a long one', 'short', 'shorter'], 'what was shown of it is final')
    assert.equal(room.count('utterances_given_up'), 1)
    const opened = room.engine.opened
    assert.equal(opened, MAX_ATTEMPTS + 1)
    await room.pass(ALL_ATTEMPTS_MS)
    assert.equal(room.engine.opened, opened, 'nothing is sent again')
    assert.equal(speaker.told.at(-1), 'resumed')
  })
}

test('[G340] of an utterance that is given up while it is still being said, the rest is recognised', async () => {
  const room = scripted()
  const speaker = room.speaker()
  room.engine.mute = true
  await speaker.begin()
  speaker.say('unheard')
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    room.engine.break()
    await room.pass(2 * LAST_ATTEMPT_AFTER_MS)
  }
  room.engine.mute = false
  speaker.say('the', 'rest')
  speaker.end()
  assert.deepEqual(speaker.finals, ['the rest'])
  assert.equal(room.count('utterances_given_up'), 1)
})

test('[G341] a speech that goes on is not given up though its streams break, as long as each gets further', async () => {
  const room = scripted()
  const speaker = room.speaker()
  await speaker.begin()
  const words = ['we', 'shall', 'go', 'on', 'to', 'the', 'end']
  for (const word of words) {
    speaker.say(word)
    room.engine.break()
    await room.pass(LAST_ATTEMPT_AFTER_MS)
  }
  speaker.end()
  assert.deepEqual(speaker.finals, [words.join(' ')])
  assert.equal(room.count('utterances_given_up'), 0)
})

test('[G342] while no stream can be had an utterance loses no attempt, however long that takes', async () => {
  const room = scripted()
  const speaker = room.speaker()
  room.engine.refusal = 'unreachable'
  await speaker.begin()
  speaker.say('patience')
  speaker.end()
  await room.pass(ALL_ATTEMPTS_MS)
  assert.ok(room.engine.opened > MAX_ATTEMPTS)
  room.engine.refusal = undefined
  await room.pass(2 * LAST_ATTEMPT_AFTER_MS)
  assert.deepEqual([speaker.finals, room.count('utterances_given_up')], [['patience'], 0])
})

test('[G342] an engine that takes streams and drops them for two seconds costs no sentence', async () => {
  const room = scripted()
  const speaker = room.speaker()
  room.engine.chokes = { on: 'well', how: 'break' }
  await speaker.begin()
  speaker.hear('well')
  speaker.end()
  await room.pass(2_000)
  room.engine.chokes = undefined
  await room.pass(2 * LAST_ATTEMPT_AFTER_MS)
  assert.deepEqual([speaker.finals, room.count('utterances_given_up')], [['well'], 0])
})

test('[G343] one utterance that an engine cannot bear does not keep it from the other speakers', async () => {
  const room = scripted()
  const [poor, other] = [room.speaker(), room.speaker()]
  room.engine.chokes = { on: 'poison', how: 'hang' }
  await poor.begin()
  poor.hear('poison')
  poor.end()
  await room.pass(ALL_ATTEMPTS_MS)
  await other.begin()
  other.say('well')
  other.end()
  assert.deepEqual([other.finals, room.changes], [['well'], ['first gave-up-utterance']])
})

test('[G344] the last attempt at an utterance is the fall-back, if there is one, and then its speaker returns', async () => {
  const room = scripted({ hasFallback: true })
  const speaker = room.speaker()
  room.engine.chokes = { on: 'poison', how: 'hang' }
  await speaker.begin()
  speaker.say('sweet', 'poison')
  speaker.end()
  await room.pass(ALL_ATTEMPTS_MS)
  await speaker.begin()
  speaker.say('well')
  speaker.end()
  assert.deepEqual(speaker.finals, ['sweet poison', 'well'])
  assert.deepEqual([room.engine.opened, room.fallback.opened, room.changes], [MAX_ATTEMPTS, 1, []])
})

test('[G343] the operator is told of utterances that are given up once a minute at most', async () => {
  const room = scripted()
  const speaker = room.speaker()
  room.engine.chokes = { on: 'poison', how: 'break' }
  for (let utterance = 0; utterance < 4; utterance += 1) {
    await speaker.begin()
    speaker.say('poison')
    speaker.end()
  }
  await room.pass(4 * LAST_ATTEMPT_AFTER_MS + 4_000)
  assert.equal(room.count('utterances_given_up'), 4)
  assert.deepEqual(room.changes.filter((change) => change.endsWith('gave-up-utterance')).length, 1)
})
