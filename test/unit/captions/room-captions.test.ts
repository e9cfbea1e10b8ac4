import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { caption } from '../../../shared/protocol/caption.ts'
import { reader } from '../../integration/captions/reader.ts'
import { CaptionRoom } from './caption-room.ts'
import { inSpanish } from './scripted-translator.ts'

let room: CaptionRoom
beforeEach(() => {
  room = new CaptionRoom()
})

async function reads(participantId: string, language = 'en') {
  const reading = reader(participantId, language)
  room.captions.addReader(reading)
  await nextTurn()
  return reading
}

const kept = () => room.kept.map(({ segmentId, text, translations }) => [segmentId, text, translations])

test('[G130] whatever an engine says, readers are sent what a caption may be', async () => {
  await room.speaker('ann')
  const { captions } = await reads('one')
  room.say('s', 0, 'word '.repeat(10_000))
  room.say('s', 1, 'word '.repeat(20_000), { final: true })
  assert.equal(captions.length, 2)
  for (const said of [...captions, ...room.captions.addReader(reader('late'))]) caption.parse(said)
})

test('[G140] what was said for good is kept once, with its speaker, language and times', async () => {
  await room.speaker('ann', 'en-GB')
  const { captions } = await reads('one')
  room.say('s', 0, 'good')
  room.say('s', 1, 'good morning', { final: true })
  const { startMs = 0, endMs = 0 } = captions.at(-1) ?? {}
  const line = { segmentId: 's', participantId: 'ann', speaker: 'ann by name', language: 'en-GB', text: 'good morning' }
  assert.deepEqual(room.kept, [{ ...line, startMs, endMs, translations: {} }])
  assert.deepEqual([startMs, endMs], [room.clock.now() - 1_000, room.clock.now() - 500])
})

test('[G140] it is kept again with its translations once all of them have come or failed', async () => {
  await room.speaker('ann')
  for (const language of ['es', 'fr', 'de', 'en']) await reads(`reads ${language}`, language)
  room.translator.unsupported.add('de')
  room.say('s', 0, 'good morning', { final: true })
  const [spanish, french] = room.translator.asked
  await french?.answer({ text: 'bonjour' })
  assert.deepEqual(kept(), [['s', 'good morning', {}]])
  await spanish?.answer({ text: 'buenos días' })
  assert.deepEqual(kept().slice(1), [['s', 'good morning', { es: 'buenos días', fr: 'bonjour' }]])

  room.say('t', 0, 'good night', { final: true })
  await room.translator.asked.at(-1)?.answer({ text: 'bonne nuit' })
  room.clock.advance(10_000)
  await nextTurn()
  assert.deepEqual(kept().slice(2), [
    ['t', 'good night', {}],
    ['t', 'good night', { fr: 'bonne nuit' }],
  ])
})

test('[G140] a text that could not be translated is kept once, and one without words never', async () => {
  await room.speaker('ann')
  await reads('one', 'es')
  room.say('s', 0, 'hm')
  room.say('s', 1, '', { final: true })
  room.say('t', 0, 'good morning', { final: true })
  room.clock.advance(10_000)
  await nextTurn()
  assert.deepEqual(kept(), [['t', 'good morning', {}]])
})

test('[G140] what was under way when the last reader, the speaker or the room goes is kept as it is at its end', async () => {
  const goes: ((room: CaptionRoom) => void)[] = [
    ({ captions }) => captions.removeReader('one'),
    ({ captions }) => captions.removeSpeaker('ann'),
    ({ captions }) => captions.close(),
  ]
  for (const go of goes) {
    room = new CaptionRoom()
    await room.speaker('ann')
    await reads('one')
    room.say('s', 0, 'good morn')
    go(room)
    assert.deepEqual([kept(), room.taps], [[], 0])
    room.say('s', 1, 'good morning', { final: true })
    room.finished()
    assert.deepEqual([kept(), room.streams[0]?.open], [[['s', 'good morning', {}]], false])
  }
})

test('[G141] a speaker who speaks another language now is heard in it from there on', async () => {
  await room.speaker('ann', 'en')
  const { captions, statuses } = await reads('one')
  room.say('s', 0, 'good morn')
  await room.speaker('ann', 'es-MX')
  assert.deepEqual(
    room.streams.map(({ language, finishing }) => [language, finishing]),
    [
      ['en', true],
      ['es-MX', false],
    ],
  )
  room.say('s', 1, 'good morning', { final: true, stream: room.streams[0] })
  room.say('t', 0, 'buenos')
  assert.deepEqual(
    captions.map(({ segmentId, text, language, final }) => [segmentId, text, language, final]),
    [
      ['s', 'good morn', 'en', false],
      ['s', 'good morning', 'en', true],
    ],
  )
  const [{ text, from, to } = assert.fail()] = room.translator.asked
  assert.deepEqual([text, from, to], ['buenos', 'es-MX', 'en'])
  assert.deepEqual([room.taps, statuses], [1, [{ status: 'started' }]])
  await room.speaker('ann', 'es-MX')
  assert.equal(room.streams.length, 2, 'the same language changes nothing')
})

test('[G141] what was wrong in the language before is over', async () => {
  await room.speaker('ann', 'eo')
  const { statuses } = await reads('one')
  room.status({ status: 'failed', reason: 'language_unsupported' })
  await room.speaker('ann', 'en')
  assert.deepEqual(statuses.slice(1), [
    { status: 'failed', reason: 'language_unsupported', participantId: 'ann' },
    { status: 'resumed', participantId: 'ann' },
  ])
  assert.equal(room.taps, 1)
})

test('[G142] who opts out in mid-sentence is cut off there, without a tap and without a word about it', async () => {
  await room.speaker('ann')
  await room.speaker('ben')
  const { captions, statuses } = await reads('one')
  const [ann, ben] = room.streams
  room.say('s', 0, 'good morn', { stream: ann })
  room.captions.optOut('ann')
  room.say('s', 1, 'good morning', { stream: ann })
  room.say('t', 0, 'hello', { stream: ben })
  assert.deepEqual([room.taps, ann?.open], [1, false])
  assert.deepEqual(
    captions.map(({ segmentId, text, final }) => [segmentId, text, final]),
    [
      ['s', 'good morn', false],
      ['s', 'good morn', true],
      ['t', 'hello', false],
    ],
  )
  assert.deepEqual(statuses, [{ status: 'started' }])
  assert.deepEqual(room.captions.addReader(reader('late')).length, 2, 'what was said before was said')

  await room.speaker('ann')
  room.say('u', 0, 'here I am')
  assert.equal(captions.at(-1)?.text, 'here I am')
})

test('[G143] when the engine can be had at last readers are told and what is said is captioned', async () => {
  room = new CaptionRoom({ available: false })
  await room.speaker('ann')
  const [one, two] = [await reads('one'), await reads('two', 'es')]
  assert.deepEqual([room.taps, one.statuses], [0, [{ status: 'failed', reason: 'engine_unavailable' }]])
  room.becomeAvailable()
  await nextTurn()
  for (const { statuses } of [one, two]) assert.deepEqual(statuses.slice(1), [{ status: 'started' }])
  assert.equal(room.taps, 1)
  room.say('s', 0, 'good morning')
  assert.equal(one.captions.length, 1)
})

test('[G143] an engine that comes while nobody reads taps nobody', async () => {
  room = new CaptionRoom({ available: false })
  await room.speaker('ann')
  await reads('one')
  room.captions.removeReader('one')
  room.becomeAvailable()
  await nextTurn()
  assert.equal(room.taps, 0)
})

test('[G144] the first reader and the last one who goes are told of, a change of language is not', async () => {
  await room.speaker('ann')
  await reads('one', 'en')
  await reads('two', 'es')
  await reads('two', 'en')
  await reads('one', 'fr')
  room.captions.removeReader('two')
  room.captions.removeReader('nobody')
  assert.deepEqual([room.active, room.taps, room.streams.length], [[true], 1, 1])
  await reads('one', 'es')
  room.captions.removeReader('one')
  room.captions.removeReader('one')
  await reads('one', 'es')
  assert.deepEqual(room.active, [true, false, true])
})

test('[G144] who reads in another language from now on is told nothing in the one before', async () => {
  await room.speaker('ann')
  const before = await reads('one', 'es')
  room.say('s', 0, 'good')
  room.say('final', 0, 'good night', { final: true })
  const again = reader('one', 'fr')
  const backlog = room.captions.addReader(again)
  assert.deepEqual(
    backlog.map(({ text }) => text),
    ['good night'],
  )
  await Promise.all(room.translator.open.map((asked) => asked.answer(inSpanish(asked))))
  assert.deepEqual(
    again.captions.map(({ translations }) => Object.keys(translations ?? {})),
    [['fr']],
  )
  assert.deepEqual(before.captions, [])
})

test('[G300] whoever turns captions on and off again and again does not have speakers tapped anew each time', async () => {
  let starts = 0
  room = new CaptionRoom({
    source: {
      tap: async () => {
        starts += 1
        return { rtpParameters: { codecs: [] }, closed: false, close: () => undefined }
      },
    },
    events: { active: (active) => active || room.active.push(active) },
  })
  await room.speaker('ann')
  for (let turns = 0; turns < 50; turns++) {
    await reads('one')
    room.say(`s${turns}`, 0, 'good morning', { final: true })
    room.captions.removeReader('one')
    await nextTurn()
  }
  assert.deepEqual([starts, room.active.length, room.captions.active], [4, 3, true])
  room.clock.advance(10_000)
  assert.deepEqual([room.active.length, room.captions.active], [4, false])
})

test('[G300] a reader who comes back while the taps stay sees captions at once, and is not cut off', async () => {
  await room.speaker('ann')
  for (let turns = 0; turns < 4; turns++) {
    await reads('one')
    room.captions.removeReader('one')
  }
  const { captions, statuses } = await reads('one')
  assert.deepEqual(statuses, [{ status: 'started' }])
  room.clock.advance(60_000)
  room.say('s', 0, 'good morning')
  assert.deepEqual([captions.length, room.taps, room.streams.length], [1, 1, 4])
})
