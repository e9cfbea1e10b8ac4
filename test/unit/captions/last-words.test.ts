import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { LAST_WORDS_MS, LastWords, MAX_WAITING } from '../../../media-node/captions/last-words.ts'
import { reader } from '../../integration/captions/reader.ts'
import { SettableClock } from '../shared/settable-clock.ts'
import { CaptionRoom } from './caption-room.ts'

let room: CaptionRoom
beforeEach(() => {
  room = new CaptionRoom()
})

const kept = () => room.kept.map(({ segmentId, text, translations }) => [segmentId, text, translations])

async function reads(language = 'en') {
  const reading = reader('one', language)
  room.captions.addReader(reading)
  await nextTurn()
  return reading
}

test('[G303] an engine that never answers is waited for so long, then what was shown is final, and that is counted', async () => {
  await room.speaker('ann')
  const { captions } = await reads()
  room.say('s', 0, 'good morn')
  room.captions.removeSpeaker('ann')
  room.clock.advance(LAST_WORDS_MS - 1)
  assert.deepEqual([captions.at(-1)?.final, room.counts.get('last_words_lost')], [false, undefined])
  room.clock.advance(1)
  assert.deepEqual([captions.at(-1)?.text, captions.at(-1)?.final], ['good morn', true])
  assert.deepEqual([kept(), room.counts.get('last_words_lost')], [[['s', 'good morn', {}]], 1])
  assert.equal(room.streams[0]?.open, false)
  room.say('s', 1, 'good morning', { final: true })
  assert.equal(captions.length, 2, 'nothing comes afterwards')
})

test('[G304] of a speaker who is back before the last words have come, none of either time is lost or mixed up', async () => {
  await room.speaker('ann')
  const { captions, statuses } = await reads()
  const [before] = room.streams
  room.say('s', 0, 'good')
  room.captions.removeSpeaker('ann')
  await room.speaker('ann')
  room.say('t', 0, 'me')
  room.say('s', 1, 'good bye', { final: true, stream: before })
  before?.listener.status({ status: 'degraded', reason: 'engine_slow' })
  room.finished(before)
  room.say('t', 1, 'me again', { final: true })
  const finals = captions.filter(({ final }) => final).map(({ segmentId, text }) => [segmentId, text])
  assert.deepEqual(finals, [
    ['s', 'good bye'],
    ['t', 'me again'],
  ])
  assert.deepEqual([room.taps, room.streams.map(({ open }) => open)], [1, [false, true]])
  assert.deepEqual(statuses, [{ status: 'started' }], 'what is wrong with whom nobody hears is not told')
})

test('[G305] whoever opts out after they left off speaking is not recognised any further', async () => {
  await room.speaker('ann')
  const { captions } = await reads()
  room.say('s', 0, 'good morn')
  room.captions.removeSpeaker('ann')
  room.captions.optOut('ann')
  assert.equal(room.streams[0]?.open, false)
  room.say('s', 1, 'good morning', { final: true })
  assert.deepEqual(captions.at(-1)?.text, 'good morn')
})

test('[G306] a room is over once the last words have come and are translated into what was read', async () => {
  await room.speaker('ann')
  await room.speaker('ben')
  await reads('es')
  const [ann, ben] = room.streams
  room.say('s', 0, 'good morning', { final: true, stream: ann })
  room.say('t', 0, 'good', { stream: ben })
  room.captions.close()
  assert.deepEqual([room.closed, room.taps], [0, 0])
  await room.translator.asked[0]?.answer({ text: 'buenos días' })
  room.finished(ann)
  room.say('t', 1, 'good night', { final: true, stream: ben })
  room.finished(ben)
  assert.equal(room.closed, 0)
  await room.translator.asked[2]?.answer({ text: 'buenas noches' })
  assert.equal(room.closed, 1)
  assert.deepEqual(kept(), [
    ['s', 'good morning', {}],
    ['s', 'good morning', { es: 'buenos días' }],
    ['t', 'good night', {}],
    ['t', 'good night', { es: 'buenas noches' }],
  ])
})

test('[G311] what was being said when the last reader of a language left is kept in that language too', async () => {
  await room.speaker('ann')
  await reads('es')
  room.say('s', 0, 'good')
  room.captions.removeReader('one')
  room.translator.answers = ({ text }) => ({ text: `es: ${text}` })
  room.say('s', 1, 'good mor')
  room.say('s', 2, 'good morning', { final: true })
  room.finished()
  await nextTurn()
  assert.deepEqual(kept(), [
    ['s', 'good morning', {}],
    ['s', 'good morning', { es: 'es: good morning' }],
  ])
  assert.equal(room.translator.asked.length, 2, 'nothing but what was shown and the final text')
})

test('[G311] a reader who is back before that is shown how it goes on, and the final text is translated once', async () => {
  await room.speaker('ann')
  await reads('es')
  room.say('s', 0, 'good')
  room.captions.removeReader('one')
  room.translator.answers = ({ text }) => ({ text: `es: ${text}` })
  const { captions } = await reads('es')
  room.say('s', 1, 'good morning', { final: true })
  await nextTurn()
  assert.deepEqual(
    captions.map(({ text, final }) => [text, final]),
    [
      ['good', false],
      ['good morning', true],
    ],
  )
  const finals = room.translator.asked.filter(({ text }) => text === 'good morning')
  assert.equal(finals.length, 1)
})

test('[G307] when too many wait for their last words those who have waited longest are given up', () => {
  const { lastWords, counts } = newLastWords()
  const givenUp: number[] = []
  const wait = (number: number) => lastWords.wait(() => givenUp.push(number))
  const stops = Array.from({ length: MAX_WAITING }, (_, index) => wait(index))
  stops[0]?.()
  wait(-1)
  assert.equal(givenUp.length, 0)
  wait(-2)
  assert.deepEqual([givenUp, counts.length], [[1], 1])
})

test('[G307] a media node that stops waits for the last words, and no longer than it may', async () => {
  const { lastWords, clock } = newLastWords()
  await lastWords.over(1_000)
  let isOver = false
  let givenUp = 0
  const stop = lastWords.wait(() => assert.fail('it has come'))
  lastWords.wait(() => {
    givenUp += 1
  })
  const over = lastWords.over(1_000).then(() => {
    isOver = true
  })
  stop()
  await nextTurn()
  assert.ok(!isOver)
  clock.advance(1_000)
  await over
  assert.equal(givenUp, 1)
})

function newLastWords() {
  const clock = new SettableClock()
  const counts: string[] = []
  return { clock, counts, lastWords: new LastWords({ clock, count: (counter) => counts.push(counter) }) }
}
