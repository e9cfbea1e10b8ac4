import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { MAX_CAPTION_LENGTH } from '../../../media-node/captions/caption-text.ts'
import { TRANSLATION_DEADLINE_MS, UNSUPPORTED_MS } from '../../../media-node/captions/translated-pair.ts'
import { CaptionRoom } from './caption-room.ts'
import { inSpanish } from './scripted-translator.ts'

let room: CaptionRoom
beforeEach(() => {
  room = new CaptionRoom()
})

const patient = new AbortController().signal
const translate = (text: string, { to = 'es', final = true, signal = patient } = {}) =>
  room.translations.translate({ text, from: 'en', to, final, signal })
const counted = () => Object.fromEntries(room.counts)

test('[G132] a text comes back translated, no longer than a caption may be, and is timed', async () => {
  room.translator.answers = inSpanish
  assert.equal(await translate('good morning'), 'es: good morning')
  assert.ok(((await translate('word '.repeat(1_000)))?.length ?? 0) <= MAX_CAPTION_LENGTH)
  assert.deepEqual(room.stages, ['translate', 'translate'])
  assert.deepEqual(counted(), { translations: 2 })
})

test('[G132] a translator that does not answer is given up at the deadline, also one that ignores that', async () => {
  for (const stubborn of [false, true]) {
    room.translator.stubborn = stubborn
    const late = translate('good morning')
    room.clock.advance(TRANSLATION_DEADLINE_MS - 1)
    await nextTurn()
    assert.equal(room.translator.open.length, 1)
    room.clock.advance(1)
    assert.equal(await late, undefined)
    assert.equal(room.translator.open.length, 0)
  }
  assert.deepEqual(counted(), { translations_failed: 2 })
})

test('[G132] no words are no translation', async () => {
  room.translator.answers = () => ({ text: '' })
  assert.equal(await translate('good morning'), undefined)
})

test('[G132] who breaks the contract and throws has failed as well', async () => {
  room.translator.answers = () => {
    throw new Error('out of order')
  }
  assert.equal(await translate('good morning'), undefined)
  assert.deepEqual(counted(), { translations_failed: 1 })
})

test('[G132] a pair that turns out to be unsupported is not asked for again, in either case of its letters', async () => {
  room.translator.answers = () => ({ kind: 'pair_unsupported', detail: 'no such model' })
  assert.ok(room.translations.ready('en', 'eo'))
  for (const to of ['eo', 'EO', 'eo']) assert.equal(await translate('good morning', { to }), undefined)
  assert.equal(room.translator.asked.length, 1)
  assert.ok(!room.translations.ready('en', 'eo'))
  assert.ok(room.translations.ready('en', 'es'))
})

test('[G348] a pair that a translator did not know is asked for again after five minutes', async () => {
  room.translator.answers = () => ({ kind: 'pair_unsupported', detail: 'no such model' })
  await translate('good morning', { to: 'fr' })
  room.translator.answers = inSpanish
  room.clock.advance(UNSUPPORTED_MS - 1)
  assert.equal(await translate('good morning', { to: 'fr' }), undefined)
  room.clock.advance(1)
  assert.equal(await translate('good morning', { to: 'fr' }), 'es: good morning')
})

test('[G132] a translator that fails is left alone until one text has come back', async () => {
  room.translator.answers = () => ({ kind: 'overloaded', detail: 'busy' })
  for (let time = 0; time < 3; time += 1) await translate('good morning')
  assert.ok(!room.translations.ready('en', 'es'))
  await translate('good morning')
  assert.equal(room.translator.asked.length, 3)
  room.clock.advance(1_000)
  room.translator.answers = inSpanish
  assert.equal(await translate('good morning'), 'es: good morning')
  assert.ok(room.translations.ready('en', 'es'))
  assert.deepEqual(counted(), { translations_failed: 3, translations_skipped: 1, translations: 1 })
})

test('[G132] a pair that fails leaves the others alone', async () => {
  room.translator.answers = ({ to }) =>
    to === 'fr' ? { kind: 'unreachable', detail: 'its program died' } : { text: to }
  for (let time = 0; time < 3; time += 1) await translate('good morning', { to: 'fr' })
  assert.deepEqual([room.translations.ready('en', 'fr'), room.translations.ready('en', 'es')], [false, true])
  assert.equal(await translate('good morning'), 'es')
})

test('[G132] what nobody waits for any more is neither a failure nor counted as one', async () => {
  for (let time = 0; time < 5; time += 1) {
    const gone = new AbortController()
    const given = translate('good morning', { signal: gone.signal })
    gone.abort()
    assert.equal(await given, undefined)
  }
  assert.ok(room.translations.ready('en', 'es'))
  assert.deepEqual(counted(), {})
})

test('[G133] a node has so many texts at the translator at once, of which partials leave some to finals', async () => {
  for (let text = 0; text < 60; text += 1) void translate('partial', { final: false })
  assert.equal(room.translator.open.length, 48)
  for (let text = 0; text < 20; text += 1) void translate('final')
  assert.equal(room.translator.open.length, 64)
  assert.deepEqual(counted(), { translations_skipped: 12 + 4 })
  await Promise.all(room.translator.open.map((asked) => asked.answer(inSpanish(asked))))
  const next = translate('next')
  await room.translator.asked.at(-1)?.answer({ text: 'siguiente' })
  assert.equal(await next, 'siguiente')
})
