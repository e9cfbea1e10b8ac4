import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { PARTIAL_INTERVAL_MS } from '../../../media-node/captions/segment-translation.ts'
import { TRANSLATION_DEADLINE_MS } from '../../../media-node/captions/translated-pair.ts'
import { reader, segmentsOf } from '../../integration/captions/reader.ts'
import { CaptionRoom } from './caption-room.ts'
import { inSpanish } from './scripted-translator.ts'

let room: CaptionRoom
beforeEach(async () => {
  room = new CaptionRoom()
  await room.speaker('speaker')
})

async function reads(participantId: string, language: string) {
  const reading = reader(participantId, language)
  room.captions.addReader(reading)
  await nextTurn()
  return reading
}

const seen = ({ captions }: ReturnType<typeof reader>) =>
  captions.map(({ revision, translations }) => [revision, translations && Object.values(translations)[0]])
const asked = () => room.translator.asked.map(({ text, from, to }) => [text, from, to])

test('[G134] who reads what is spoken, in whatever region, gets every revision at once and untranslated', async () => {
  const readers = [await reads('one', 'en'), await reads('two', 'en-GB')]
  for (const revision of [0, 1, 2]) room.say('s', revision, `text ${revision}`, { final: revision === 2 })
  for (const reading of readers)
    assert.deepEqual(
      seen(reading),
      [0, 1, 2].map((revision) => [revision, undefined]),
    )
  assert.deepEqual(asked(), [])
})

test('[G134] each text is translated once for each other language, however many read it', async () => {
  room.translator.answers = inSpanish
  const readers = [await reads('one', 'es'), await reads('two', 'es-MX'), await reads('three', 'es')]
  const french = await reads('four', 'fr')
  room.say('s', 0, 'good morning', { final: true })
  await nextTurn()
  assert.deepEqual(asked(), [
    ['good morning', 'en', 'es'],
    ['good morning', 'en', 'fr'],
  ])
  for (const { captions } of readers) {
    assert.deepEqual(
      captions.map(({ text, language, translations }) => [text, language, translations]),
      [['good morning', 'en', { es: 'es: good morning' }]],
    )
  }
  assert.deepEqual(french.captions[0]?.translations, { fr: 'es: good morning' })
})

test('[G135] of a segment one partial text is at the translator at a time, the newest, and not too often', async () => {
  const spanish = await reads('one', 'es')
  const { translator, clock } = room
  for (const revision of [0, 1, 2]) room.say('s', revision, `text ${revision}`)
  assert.deepEqual(asked(), [['text 0', 'en', 'es']])
  await translator.asked[0]?.answer({ text: 'texto 0' })
  clock.advance(PARTIAL_INTERVAL_MS - 1)
  assert.equal(translator.asked.length, 1)
  clock.advance(1)
  room.say('s', 3, 'text 3')
  clock.advance(PARTIAL_INTERVAL_MS)
  assert.deepEqual(asked().slice(1), [['text 2', 'en', 'es']], 'the one before has not come back')
  await translator.asked[1]?.answer({ text: 'texto 2' })
  assert.deepEqual(asked().slice(2), [['text 3', 'en', 'es']])
  assert.deepEqual(seen(spanish), [
    [0, 'texto 0'],
    [2, 'texto 2'],
  ])
})

test('[G135] nothing comes after a final text, and a partial one that was at the translator is given up', async () => {
  const spanish = await reads('one', 'es')
  const { translator, clock } = room
  room.say('s', 0, 'good')
  room.say('s', 1, 'good morning')
  room.say('s', 2, 'good morning all', { final: true })
  assert.ok(translator.asked[0]?.signal.aborted)
  await translator.asked[0]?.answer({ text: 'buenos' })
  await translator.asked[1]?.answer({ text: 'buenos días a todos' })
  clock.advance(10_000)
  await nextTurn()
  assert.deepEqual(seen(spanish), [[2, 'buenos días a todos']])
  assert.equal(translator.asked.length, 2)

  translator.stubborn = true
  room.say('t', 0, 'good')
  room.say('t', 1, 'good night', { final: true })
  await translator.asked[2]?.answer({ text: 'buenas' })
  assert.equal(spanish.captions.length, 1)
})

test('[G135] a final text that was translated as a partial one is told at once', async () => {
  room.translator.answers = inSpanish
  const spanish = await reads('one', 'es')
  room.say('s', 0, 'good morning')
  await nextTurn()
  room.say('s', 1, 'good morning', { final: true })
  assert.deepEqual(seen(spanish), [
    [0, 'es: good morning'],
    [1, 'es: good morning'],
  ])
  assert.equal(room.translator.asked.length, 1)
})

test('[G136] a final text that is not translated in time is told as it was said', async () => {
  const spanish = await reads('one', 'es')
  room.say('s', 0, 'good morning', { final: true })
  room.clock.advance(TRANSLATION_DEADLINE_MS - 1)
  await nextTurn()
  assert.deepEqual(seen(spanish), [])
  room.clock.advance(1)
  await nextTurn()
  assert.deepEqual(seen(spanish), [[0, undefined]])
  await room.translator.asked[0]?.answer({ text: 'buenos días' })
  assert.deepEqual(seen(spanish), [[0, undefined]])
})

test('[G136] readers of a language that is not known to the translator get every revision at once', async () => {
  room.translator.unsupported.add('eo')
  const esperanto = await reads('one', 'eo')
  for (const revision of [0, 1, 2]) room.say('s', revision, `text ${revision}`, { final: revision === 2 })
  assert.deepEqual(
    seen(esperanto),
    [0, 1, 2].map((revision) => [revision, undefined]),
  )
  assert.deepEqual(asked(), [])
})

test('[G136] when a pair turns out to be unsupported nothing is held back any more', async () => {
  const esperanto = await reads('one', 'eo')
  room.say('s', 0, 'good')
  room.say('s', 1, 'good morning')
  room.say('t', 0, 'hello')
  await room.translator.asked[0]?.answer({ kind: 'pair_unsupported', detail: 'no such model' })
  await room.translator.asked[1]?.answer({ kind: 'pair_unsupported', detail: 'no such model' })
  assert.equal(esperanto.captions.pop()?.text, 'hello')
  assert.deepEqual(segmentsOf(esperanto.captions), [{ ended: false, growing: true }])
  assert.deepEqual(esperanto.captions.at(-1)?.text, 'good morning')
  room.say('s', 2, 'good morning all')
  room.say('s', 3, 'good morning all', { final: true })
  assert.deepEqual(seen(esperanto).slice(-2), [
    [2, undefined],
    [3, undefined],
  ])
  assert.equal(room.translator.asked.length, 2)
})

test('[G136] while a translator that fails is left alone nobody waits for it, and then it is translated again', async () => {
  const { translator, clock } = room
  const spanish = await reads('one', 'es')
  translator.answers = () => ({ kind: 'unreachable', detail: 'away' })
  for (const segment of ['a', 'b', 'c']) room.say(segment, 0, 'good morning', { final: true })
  await nextTurn()
  translator.answers = undefined
  room.say('d', 0, 'it is')
  room.say('d', 1, 'it is late', { final: true })
  assert.deepEqual(seen(spanish).slice(3), [
    [0, undefined],
    [1, undefined],
  ])
  assert.equal(translator.asked.length, 3)

  clock.advance(1_000)
  translator.answers = inSpanish
  room.say('e', 0, 'are you', { final: false })
  assert.deepEqual(seen(spanish).at(-1), [0, undefined], 'the text that tries it does not wait either')
  await nextTurn()
  room.say('e', 1, 'are you here', { final: true })
  await nextTurn()
  assert.deepEqual(seen(spanish).at(-1), [1, 'es: are you here'])
})

test('[G136] after one failure the newest partial text is translated, and no older one is told', async () => {
  const spanish = await reads('one', 'es')
  const { translator, clock } = room
  room.say('s', 0, 'good')
  room.say('s', 1, 'good morning')
  await translator.asked[0]?.answer({ kind: 'overloaded', detail: 'busy' })
  clock.advance(PARTIAL_INTERVAL_MS)
  await translator.asked[1]?.answer({ text: 'buenos días' })
  assert.deepEqual(seen(spanish), [[1, 'buenos días']])
})

test('[G137] a room has so many texts at the translator, and what is too much is counted and told as it was said', async () => {
  const spanish = await reads('one', 'es')
  for (let segment = 0; segment < 20; segment += 1) room.say(`partial ${segment}`, 0, `text ${segment}`)
  assert.equal(room.translator.open.length, 16)
  for (let segment = 0; segment < 10; segment += 1) room.say(`final ${segment}`, 0, `text`, { final: true })
  await nextTurn()
  assert.equal(room.translator.open.length, 24)
  assert.equal(room.counts.get('translations_skipped'), 4 + 2)
  assert.deepEqual(seen(spanish), [
    [0, undefined],
    [0, undefined],
  ])
})

test('[G137] when nobody reads a language any more nothing is translated into it, but what they saw begin and what was said for good is', async () => {
  const english = await reads('one', 'en')
  await reads('two', 'es')
  room.say('partial', 0, 'good')
  room.say('final', 0, 'good morning', { final: true })
  room.captions.removeReader('two')
  room.say('partial', 1, 'good eve')
  room.say('another', 0, 'hello')
  assert.deepEqual(
    room.translator.open.map(({ text }) => text),
    ['good morning'],
  )
  await room.translator.open[0]?.answer({ text: 'buenos días' })
  room.say('partial', 2, 'good evening', { final: true })
  room.say('another', 1, 'hello there', { final: true })
  assert.deepEqual(
    room.translator.open.map(({ text }) => text),
    ['good evening'],
  )
  await room.translator.open[0]?.answer({ text: 'buenas tardes' })
  assert.equal(room.translator.asked.length, 3)
  assert.equal(english.captions.length, 6)
  const again = room.captions.addReader(reader('two', 'es-ES')).filter(({ final }) => final)
  assert.deepEqual(
    again.map(({ text, translations }) => [text, translations]),
    [
      ['hello there', undefined],
      ['good morning', { 'es-ES': 'buenos días' }],
      ['good evening', { 'es-ES': 'buenas tardes' }],
    ],
  )
})
