import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ENGINE_IDLE_MS, MAX_WAITING_CHUNKS } from '../../../media-node/captions/recognition.ts'
import { scripted, sound } from './scripted-engine.ts'

test('[G20] a segment keeps its id, its revisions grow, and the final one is the last', async () => {
  const room = scripted()
  const speaker = room.speaker()
  speaker.begin(100)
  await nextTurn()
  for (const text of ['one', 'one', 'one two']) room.say(speaker, text)
  room.end(speaker, 'one two three')
  speaker.begin(900)
  room.say(speaker, 'next')
  room.end(speaker, 'next')
  assert.deepEqual(
    room.captions.map(({ text, revision, final }) => [text, revision, final]),
    [
      ['one', 0, false],
      ['one two', 1, false],
      ['one two three', 2, true],
      ['next', 0, false],
      ['next', 1, true],
    ],
  )
  const ids = room.captions.map(({ segmentId }) => segmentId)
  assert.deepEqual([new Set(ids).size, new Set(ids.slice(0, 3)).size], [2, 1])
  assert.deepEqual(
    room.captions.map(({ startedAt }) => startedAt),
    [100, 100, 100, 900, 900],
  )
})

test('[G20] an utterance in which nothing is understood shows nothing, unless something was shown', async () => {
  const room = scripted()
  const speaker = room.speaker()
  speaker.begin(0)
  await nextTurn()
  room.say(speaker, '')
  room.end(speaker, '')
  assert.equal(room.captions.length, 0)
  speaker.begin(0)
  room.say(speaker, 'mistaken')
  room.end(speaker, '')
  assert.deepEqual(room.captions.at(-1)?.final, true)
})

test('[G21] what is said while a recogniser loads is recognised once it is there', async () => {
  const room = scripted()
  room.hold()
  const speaker = room.speaker()
  speaker.begin(0)
  for (let chunk = 0; chunk < 3; chunk += 1) speaker.write(sound())
  speaker.end()
  await room.let()
  room.run()
  assert.equal(room.written, 3)
  assert.equal(room.finished, 1)
})

test('[G22] more than five seconds of waiting sound drop the oldest, are counted, and are told until it is better', async () => {
  const room = scripted()
  room.hold()
  const speaker = room.speaker()
  speaker.begin(0)
  for (let chunk = 0; chunk < MAX_WAITING_CHUNKS + 7; chunk += 1) speaker.write(sound())
  assert.equal(room.tally.take()?.counts.get('chunks_dropped'), 7)
  await room.let()
  room.run()
  assert.equal(room.written, MAX_WAITING_CHUNKS)
  assert.deepEqual(room.statuses, [{ status: 'degraded', reason: 'engine_slow' }, { status: 'resumed' }])
})

test('[G22] utterances that wait in vain leave nothing behind', async () => {
  const room = scripted()
  room.hold()
  const speaker = room.speaker()
  for (let utterance = 0; utterance < 1_000; utterance += 1) {
    speaker.begin(0)
    speaker.write(sound())
    speaker.end()
  }
  await room.let()
  assert.ok(room.run() <= 2 * MAX_WAITING_CHUNKS + 1, 'a turn for each chunk and each end')
  assert.equal(room.finished, MAX_WAITING_CHUNKS)
})

test('[G23] a refused utterance is told and dropped, and the next one asks again', async () => {
  const room = scripted()
  room.refuseWith('overloaded')
  const speaker = room.speaker()
  speaker.begin(0)
  await nextTurn()
  speaker.write(sound())
  speaker.end()
  assert.deepEqual(room.statuses, [{ status: 'degraded', reason: 'overloaded' }])
  room.refuseWith(undefined)
  speaker.begin(0)
  await nextTurn()
  room.say(speaker, 'heard')
  assert.deepEqual(room.statuses.at(-1), { status: 'resumed' })
  assert.deepEqual(
    room.captions.map(({ text }) => text),
    ['heard'],
  )
})

test('[G24] a recogniser is given back after ten seconds of silence, and not before', async () => {
  const room = scripted()
  const speaker = room.speaker()
  speaker.begin(0)
  await nextTurn()
  room.end(speaker, 'done')
  room.clock.advance(ENGINE_IDLE_MS - 1)
  assert.equal(room.open, 1)
  room.clock.advance(1)
  assert.equal(room.open, 0)
})

test('[G24] a speaker who goes while their recogniser loads leaves none open', async () => {
  const room = scripted()
  room.hold()
  const speaker = room.speaker()
  speaker.begin(0)
  speaker.close()
  await room.let()
  assert.equal(room.open, 0)
  assert.equal(room.clock.waiting, 0)
})

test('[G25] who has much to recognise delays the others by one chunk', async () => {
  const room = scripted()
  const [long, short] = [room.speaker(), room.speaker()]
  long.begin(0)
  short.begin(0)
  await nextTurn()
  for (let chunk = 0; chunk < 10; chunk += 1) long.write(sound())
  short.write(sound())
  room.run()
  assert.deepEqual(room.writers.slice(0, 3), [0, 1, 0])
})
