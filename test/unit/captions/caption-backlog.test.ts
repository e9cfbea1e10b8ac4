import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Caption } from '../../../shared/protocol/caption.ts'
import { MAX_MESSAGE_BYTES, requests } from '../../../shared/protocol/messages.ts'
import { reader } from '../../integration/captions/reader.ts'
import { CaptionRoom } from './caption-room.ts'
import { inSpanish } from './scripted-translator.ts'

const HALF_AN_HOUR_MS = 30 * 60_000
let room: CaptionRoom
beforeEach(async () => {
  room = new CaptionRoom()
  await room.speaker('speaker')
  await comes('present', 'en')
})

async function comes(participantId: string, language: string): Promise<Caption[]> {
  const captions = room.captions.addReader(reader(participantId, language))
  await nextTurn()
  return captions
}

async function sayFinals(count: number, text: (segment: number) => string): Promise<void> {
  for (let segment = 0; segment < count; segment += 1) {
    room.clock.advance(1)
    room.say(`segment-${segment}`, 0, text(segment), { final: true })
    await nextTurn()
  }
}

test('[G138] who comes later gets what was said lately, oldest first, and what is being said', async () => {
  await sayFinals(2, (segment) => `text ${segment}`)
  room.clock.advance(1)
  room.say('under way', 0, 'it is')
  room.say('under way', 1, 'it is late')
  room.say('not understood', 0, 'hm')
  room.say('not understood', 1, '', { final: true })
  const captions = await comes('late', 'en')
  assert.deepEqual(
    captions.map(({ text, revision, final }) => [text, revision, final]),
    [
      ['text 0', 0, true],
      ['text 1', 0, true],
      ['it is late', 1, false],
    ],
  )
})

test('[G138] it is there as long as the room, also while nobody reads, and not longer', async () => {
  room.say('s', 0, 'good')
  room.captions.removeReader('present')
  const captions = await comes('late', 'en')
  assert.deepEqual(
    captions.map(({ text, revision, final }) => [text, revision, final]),
    [['good', 0, false]],
  )
  room.say('s', 1, 'good morning', { final: true })
  assert.equal((await comes('later', 'en'))[0]?.text, 'good morning', 'what was under way came to its end')
  room.captions.close()
  assert.deepEqual(await comes('last', 'en'), [])
})

test('[G138] it comes with the translations that are there for the language', async () => {
  await comes('spanish', 'es')
  room.translator.answers = inSpanish
  room.say('a', 0, 'good morning', { final: true })
  await nextTurn()
  const translations = async (language: string) =>
    (await comes('late', language)).map((caption) => caption.translations)
  assert.deepEqual(await translations('es'), [{ es: 'es: good morning' }])
  assert.deepEqual(await translations('es-MX'), [{ es: 'es: good morning' }], 'the tag is that of who came first')
  assert.deepEqual(await translations('fr'), [undefined])
  assert.deepEqual(await translations('en'), [undefined])
  room.captions.removeReader('spanish')
  assert.deepEqual(await translations('es-MX'), [{ 'es-MX': 'es: good morning' }])
})

test('[G138] the last hundred texts are remembered, for half an hour', async () => {
  await sayFinals(101, (segment) => `text ${segment}`)
  const captions = await comes('late', 'en')
  assert.deepEqual([captions.length, captions[0]?.text, captions.at(-1)?.text], [100, 'text 1', 'text 100'])
  room.clock.advance(HALF_AN_HOUR_MS - 1_000)
  room.say('new', 0, 'are you still here', { final: true })
  room.clock.advance(1_000)
  assert.deepEqual(
    (await comes('later', 'en')).map(({ text }) => text),
    ['are you still here'],
  )
})

test('[G138] as much of the latest is sent as fits in a message, whatever was said', async () => {
  await comes('spanish', 'es')
  room.translator.answers = inSpanish
  await sayFinals(40, (segment) => `${segment} ${'\u0001ñ"'.repeat(600)}`)
  await nextTurn()
  const captions = await comes('late', 'es')
  const bytes = Buffer.byteLength(JSON.stringify({ id: 2 ** 40, data: { captions } }))
  assert.ok(bytes < MAX_MESSAGE_BYTES && bytes > 32 * 1024, `${bytes}`)
  assert.match(captions.at(-1)?.text ?? '', /^39 /)
  assert.ok(captions.every(({ translations }) => translations?.['es']))
  assert.deepEqual(requests['set-captions'].reply.parse({ captions }), { captions })
})

test('[G138] a new language begins with what is being said, translated as soon as can be', async () => {
  room.say('a', 0, 'good morning', { final: true })
  room.say('b', 0, 'it is late')
  room.translator.answers = inSpanish
  const spanish = reader('spanish', 'es')
  assert.deepEqual(
    room.captions.addReader(spanish).map(({ text }) => text),
    ['good morning'],
  )
  await nextTurn()
  assert.deepEqual(
    spanish.captions.map(({ translations }) => translations),
    [{ es: 'es: it is late' }],
  )
})
