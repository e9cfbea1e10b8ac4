import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ANSWER_DEADLINE_MS, MAX_QUEUED_MS, SLOW_MS } from '../../../media-node/captions/recognition.ts'
import { WELL_AGAIN_MS } from '../../../media-node/captions/speaker-troubles.ts'
import { scripted } from './scripted-recognition.ts'

const OUTAGE_MS = 8_000
/** The longest that a retry waits. */
const RETRY_MS = 5_000

test('[G60] an engine that dies in mid-word loses nothing: the same segment goes on, and never goes back', async () => {
  const room = scripted()
  const speaker = room.speaker()
  await speaker.begin()
  speaker.say('we', 'will', 'meet')
  room.engine.refusal = 'unreachable'
  room.engine.break()
  speaker.say('again')
  await room.pass(OUTAGE_MS)
  room.engine.refusal = undefined
  speaker.say('tomorrow')
  await room.pass(RETRY_MS)
  speaker.end()

  assert.deepEqual(
    speaker.captions.map(({ text }) => text),
    [
      'we',
      'we will',
      'we will meet',
      'we will meet again',
      'we will meet again tomorrow',
      'we will meet again tomorrow',
    ],
  )
  assert.deepEqual(
    speaker.captions.map(({ revision }) => revision),
    [0, 1, 2, 3, 4, 5],
  )
  assert.equal(new Set(speaker.captions.map(({ segmentId }) => segmentId)).size, 1)
  assert.deepEqual(speaker.finals, ['we will meet again tomorrow'])
  await room.pass(WELL_AGAIN_MS)
  assert.deepEqual(speaker.told, ['degraded engine_unavailable', 'resumed'])
  assert.ok(room.count('engine_failures') >= 2)
  assert.ok(room.count('engine_retries') >= 2)
  assert.equal(room.count('chunks_dropped'), 0)
})

test('[G60] several utterances that have no final text yet are all recognised by the next stream, in order', async () => {
  const room = scripted()
  const speaker = room.speaker()
  room.engine.mute = true
  for (const word of ['one', 'two', 'three']) {
    await speaker.begin()
    speaker.say(word)
    speaker.end()
  }
  room.engine.break()
  room.engine.mute = false
  await room.pass(RETRY_MS)
  assert.deepEqual(speaker.finals, ['one', 'two', 'three'])
})

test('[G61] an engine that takes an utterance and never answers is given up at the deadline, and nothing is missing', async () => {
  const room = scripted()
  const speaker = room.speaker()
  await speaker.begin()
  speaker.say('who')
  room.engine.mute = true
  speaker.say('is', 'there')
  speaker.end()
  await room.pass(ANSWER_DEADLINE_MS - 50)
  assert.equal(room.engine.opened, 1)
  room.engine.mute = false
  await room.pass(50 + RETRY_MS)
  assert.equal(room.engine.opened, 2)
  assert.deepEqual(speaker.finals, ['who is there'])
  assert.equal(room.engine.recognisers, 1)
})

test('[G61] what a stream says after it was given up is not heard', async () => {
  const room = scripted()
  const speaker = room.speaker()
  await speaker.begin()
  const [given] = room.engine.streams
  room.engine.mute = true
  speaker.say('who')
  speaker.end()
  await room.pass(ANSWER_DEADLINE_MS + 500)
  assert.equal(room.engine.opened, 2)
  given?.onText({ text: 'late', final: true })
  given?.onFailure({ kind: 'unreachable', detail: 'late' })
  assert.deepEqual(speaker.captions, [])
  assert.equal(room.engine.recognisers, 1)
})

test('[G62] an engine that takes sound slowly is waited for: all is kept, told as slow, and caught up', async () => {
  const room = scripted()
  const speaker = room.speaker()
  await speaker.begin()
  room.engine.queuedMs = MAX_QUEUED_MS + 1
  for (let word = 0; word < 30; word += 1) {
    speaker.say(`${word}`)
    await room.pass(100)
  }
  assert.deepEqual(speaker.captions, [])
  await room.pass(SLOW_MS)
  assert.deepEqual(speaker.told, ['degraded engine_slow'])
  room.engine.queuedMs = 0
  await room.pass(50)
  speaker.end()
  assert.equal(speaker.finals[0]?.split(' ').length, 30)
  await room.pass(WELL_AGAIN_MS)
  assert.deepEqual(speaker.told, ['degraded engine_slow', 'resumed'])
  assert.equal(room.engine.opened, 1)
})

test('[G62] an engine that takes no sound any more is given up at the deadline, and nothing is missing', async () => {
  const room = scripted()
  const speaker = room.speaker()
  await speaker.begin()
  room.engine.queuedMs = MAX_QUEUED_MS + 1
  speaker.say('stuck')
  await room.pass(ANSWER_DEADLINE_MS)
  room.engine.queuedMs = 0
  await room.pass(RETRY_MS)
  speaker.end()
  assert.equal(room.engine.opened, 2)
  assert.deepEqual(speaker.finals, ['stuck'])
})

test('[G63] sound beyond the bound is lost, and what was shown of it ends', async () => {
  const room = scripted({ bufferMs: 1_000 })
  const speaker = room.speaker()
  await speaker.begin()
  speaker.say('seen', 'before')
  room.engine.refusal = 'unreachable'
  room.engine.break()
  speaker.say(...Array.from({ length: 10 }, (_, index) => `${index}`))
  assert.deepEqual(speaker.finals, ['seen before'])
  assert.equal(room.count('chunks_dropped'), 2)
  room.engine.refusal = undefined
  await room.pass(RETRY_MS)
  speaker.end()
  assert.deepEqual(speaker.finals, ['seen before', '0 1 2 3 4 5 6 7 8 9'])
  assert.equal(new Set(speaker.captions.map(({ segmentId }) => segmentId)).size, 2)
})

test('[G63] what the engine has heard is no loss when it is kept no longer, unless the engine fails', async () => {
  const room = scripted({ bufferMs: 1_000 })
  const speaker = room.speaker()
  await speaker.begin()
  for (let word = 0; word < 15; word += 1) speaker.say(`${word}`)
  assert.equal(room.count('chunks_dropped'), 0)
  room.engine.break()
  assert.equal(room.count('chunks_dropped'), 5)
  assert.equal(speaker.finals.length, 1, 'what was shown has ended')
})

test('[G64] an engine that does not know the language is not asked again, and what was shown ends', async () => {
  const room = scripted()
  const speaker = room.speaker()
  await speaker.begin()
  speaker.say('seen')
  room.engine.refusal = 'language_unsupported'
  room.engine.break('language_unsupported')
  await room.pass(OUTAGE_MS)
  assert.equal(room.count('engine_retries'), 0)
  assert.deepEqual(speaker.told, ['failed language_unsupported'])
  assert.deepEqual(speaker.finals, ['seen'])
})

test('[G64] an engine that refuses is only probed: readers are told once that captions are missing', async () => {
  const room = scripted()
  const speaker = room.speaker()
  await speaker.begin()
  speaker.say('seen')
  room.engine.refusal = 'refused'
  room.engine.break('refused')
  await room.pass(OUTAGE_MS)
  assert.equal(room.count('engine_retries'), 1)
  assert.deepEqual(speaker.told, ['degraded engine_unavailable', 'failed engine_unavailable'])
})

test('[G354] messages of an engine that nobody knows are in the metrics, and end nothing', async () => {
  const room = scripted()
  const speaker = room.speaker()
  await speaker.begin()
  for (const stream of room.engine.streams) stream.onIgnored?.()
  speaker.say('seen')
  assert.equal(room.count('engine_messages_ignored'), 1)
  assert.deepEqual(speaker.told, [])
})

test('[G65] an engine that comes and goes is told once, until it was well for a while', async () => {
  const room = scripted()
  const speaker = room.speaker()
  await speaker.begin()
  for (let time = 0; time < 5; time += 1) {
    room.engine.break()
    await room.pass(500)
    speaker.say('again')
  }
  assert.deepEqual(speaker.told, ['degraded engine_unavailable'])
  await room.pass(WELL_AGAIN_MS)
  assert.deepEqual(speaker.told, ['degraded engine_unavailable', 'resumed'])
})

test('[G66] what another lane had begun to show goes on here: same segment, growing revisions, nothing shorter in between', async () => {
  const room = scripted()
  const shown = { segmentId: 'shown', revision: 4, text: 'we will', final: false, startedAt: 5_000, endedAt: 6_000 }
  const speaker = room.speaker({ shown })
  await speaker.begin(3_000)
  speaker.say('well')
  speaker.end()
  await speaker.begin(5_030)
  speaker.say('we', 'will')
  speaker.recognition.repeated()
  speaker.say('meet')
  speaker.end()
  assert.deepEqual(
    speaker.captions.map(({ segmentId, revision, text }) => [segmentId === 'shown', revision, text]),
    [
      [false, 0, 'well'],
      [false, 1, 'well'],
      [true, 5, 'we will meet'],
      [true, 6, 'we will meet'],
    ],
  )
  await room.pass(WELL_AGAIN_MS)
  assert.deepEqual(speaker.told, ['resumed'])
})

test('[G66] what another lane had shown ends here, where it cannot be repeated', async () => {
  const shown = { segmentId: 'shown', revision: 4, text: 'we will', final: false, startedAt: 5_000, endedAt: 6_000 }
  const silent = scripted().speaker({ shown })
  silent.recognition.repeated()
  const later = scripted().speaker({ shown })
  await later.begin(9_000)
  for (const { captions } of [silent, later]) {
    assert.deepEqual(captions, [{ ...shown, revision: 5, final: true }])
  }
})

test('[G67] what is settled is all before the oldest utterance without a final text', async () => {
  const room = scripted()
  const speaker = room.speaker()
  assert.equal(speaker.recognition.unsettledSince, undefined)
  await speaker.begin(100)
  speaker.say('one')
  room.engine.mute = true
  speaker.end()
  await speaker.begin(900)
  assert.equal(speaker.recognition.unsettledSince, 100)
  room.engine.streams.values().next().value?.onText({ text: 'one', final: true })
  assert.equal(speaker.recognition.unsettledSince, 900)
})
