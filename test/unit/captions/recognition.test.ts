import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LaneCaption } from '../../../media-node/captions/lane-messages.ts'
import { LaneTally } from '../../../media-node/captions/lane-tally.ts'
import { ENGINE_IDLE_MS } from '../../../media-node/captions/recognition.ts'
import { Segments, STANDS_AFTER_MS } from '../../../media-node/captions/segments.ts'
import { scripted } from './scripted-recognition.ts'

test('[G20] a segment keeps its id, its revisions grow, and the final one is the last', async () => {
  const speaker = scripted().speaker()
  await speaker.begin(100)
  speaker.say('one', '', 'two')
  speaker.end()
  await speaker.begin(900)
  speaker.say('next')
  speaker.end()
  assert.deepEqual(
    speaker.captions.map(({ text, revision, final }) => [text, revision, final]),
    [
      ['one', 0, false],
      ['one two', 1, false],
      ['one two', 2, true],
      ['next', 0, false],
      ['next', 1, true],
    ],
  )
  const ids = speaker.captions.map(({ segmentId }) => segmentId)
  assert.deepEqual([new Set(ids).size, new Set(ids.slice(0, 3)).size], [2, 1])
  assert.deepEqual(
    speaker.captions.map(({ startedAt }) => startedAt),
    [100, 100, 100, 900, 900],
  )
})

test('[G20] an utterance in which nothing is understood shows nothing, unless something was shown', async () => {
  const room = scripted()
  const speaker = room.speaker()
  await speaker.begin()
  speaker.say('')
  speaker.end()
  assert.equal(speaker.captions.length, 0)
  await speaker.begin()
  speaker.say('mistaken')
  room.engine.final = ''
  speaker.end()
  assert.deepEqual(speaker.captions.at(-1)?.final, true)
})

test('[G310] when the last answer for an utterance is empty what was shown is final, unless it was one word for a moment', async () => {
  const cases = [
    { partial: ['good', 'morning'], stoodMs: 0, final: 'good morning' },
    { partial: ['今日は天気がいい'], stoodMs: 0, final: '今日は天気がいい' },
    { partial: ['hello'], stoodMs: STANDS_AFTER_MS, final: 'hello' },
    { partial: ['huh'], stoodMs: STANDS_AFTER_MS - 50, final: '' },
  ]
  for (const { partial, stoodMs, final } of cases) {
    const room = scripted()
    const speaker = room.speaker()
    await speaker.begin()
    speaker.say(...partial)
    await room.pass(stoodMs)
    speaker.say('')
    room.engine.final = ''
    speaker.end()
    assert.deepEqual([speaker.captions.at(-1)?.text, speaker.captions.at(-1)?.final], [final, true])
  }
})

test('[G310] a text that is empty before the end takes nothing back', () => {
  const shown: string[] = []
  const onCaption = ({ text, final }: LaneCaption) => shown.push(`${text} ${final}`)
  const segments = new Segments({ tally: new LaneTally(), now: () => 0, onCaption, shown: undefined })
  const segment = segments.begin(0)
  for (const text of ['one', '', 'one two']) segments.take(segment, text, false)
  segments.take(segment, 'one too', true)
  assert.deepEqual(shown, ['one false', 'one two false', 'one too true'])
})

test('[G21] what is said while a recogniser loads is recognised once it is there', async () => {
  const room = scripted()
  room.engine.hold()
  const speaker = room.speaker()
  await speaker.begin()
  speaker.say('one', 'two', 'three')
  speaker.end()
  await room.engine.let()
  room.run()
  assert.deepEqual(speaker.finals, ['one two three'])
})

test('[G22] beyond the bound the oldest sound is dropped and counted, and leaves nothing behind', async () => {
  const room = scripted({ bufferMs: 5_000 })
  room.engine.hold()
  const speaker = room.speaker()
  for (let utterance = 0; utterance < 1_000; utterance += 1) {
    await speaker.begin()
    speaker.hear(`${utterance}`)
    speaker.end()
  }
  assert.equal(room.count('chunks_dropped'), 950)
  await room.engine.let()
  assert.ok(room.run() <= 2 * 50 + 1, 'a turn for each chunk and each end')
  assert.deepEqual(
    speaker.finals,
    Array.from({ length: 50 }, (_, index) => `${950 + index}`),
  )
})

test('[G24] a recogniser is given back after ten seconds of silence, and not before', async () => {
  const room = scripted()
  const speaker = room.speaker()
  await speaker.begin()
  speaker.say('done')
  speaker.end()
  room.clock.advance(ENGINE_IDLE_MS - 1)
  assert.equal(room.engine.recognisers, 1)
  room.clock.advance(1)
  assert.equal(room.engine.recognisers, 0)
})

test('[G24] a speaker who goes while their recogniser loads leaves none open', async () => {
  const room = scripted()
  room.engine.hold()
  const speaker = room.speaker()
  await speaker.begin()
  speaker.recognition.close()
  await room.engine.let()
  assert.equal(room.engine.recognisers, 0)
  assert.equal(room.clock.waiting, 0)
})

test('[G25] who has much to recognise delays the others by one chunk', async () => {
  const room = scripted()
  const [long, short] = [room.speaker(), room.speaker()]
  await Promise.all([long.begin(), short.begin()])
  long.hear(...Array.from({ length: 10 }, () => 'on and on'))
  short.say('short')
  await nextTurn()
  assert.deepEqual(room.engine.writers.slice(0, 3), [0, 1, 0])
})
