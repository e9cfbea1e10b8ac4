import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { transcript } from '../../shared/api.ts'
import { silence } from '../speech/synthesise.ts'
import { type Microphone, speakingMicrophone } from './microphone.ts'
import type { SeenCaption } from './page-instruments.ts'
import { Person } from './person.ts'
import { startTestProduct, type TestProduct } from './test-product.ts'

const ROOM = 'two-languages'
const SENTENCES = [
  'we will meet again next week in the main office',
  'please call the doctor before noon tomorrow',
  'the old man walks slowly through the empty park',
]
const GAP_SECONDS = 2
const FINALS = SENTENCES.length + 1

/** What Apertium makes of these words in whatever sentence. */
const WORDS = { week: 'semana', office: 'oficina', tomorrow: 'mañana', man: 'hombre', park: 'parque' } as const

const PATIENCE_MS = 60_000

let product: TestProduct
let speech: Microphone

before(async () => {
  speech = await speakingMicrophone(
    SENTENCES.map((sentence) => ({ text: sentence, voice: 'rms' as const })),
    GAP_SECONDS,
  )
  product = await startTestProduct()
})
after(() => product.stop())

test('[F10] an English and a Spanish reader read the same speaker at the same time, each in their language', {
  timeout: 150_000,
}, async (t) => {
  const quiet = await silence()
  const [ana, ben, carla] = await Promise.all([
    Person.open({ name: 'Ana', microphone: speech.file }),
    Person.open({ name: 'Ben', microphone: quiet }),
    Person.open({ name: 'Carla', microphone: quiet }),
  ])
  t.after(() => Promise.all([ana.close(), ben.close(), carla.close()]))
  await Promise.all([ana, ben, carla].map((person) => person.join(product.url, ROOM)))
  await carla.turnCaptions('on')
  await carla.page
    .getByRole('complementary', { name: 'Transcript panel' })
    .getByLabel('Language you read')
    .selectOption('es')
  await carla.page.waitForFunction(() => window.jbcalling?.call.state.captions.language === 'es')
  await ben.turnCaptions('on')
  const [english, spanish] = await Promise.all([
    ben.readsFinals(FINALS, PATIENCE_MS).then(finalTexts),
    carla.readsFinals(FINALS + 1, PATIENCE_MS).then(finalTexts),
  ])
  const both = [...english].filter(([segmentId]) => spanish.has(segmentId))

  await t.test('each final is there in both languages', () => {
    assert.ok(both.length >= SENTENCES.length, `${both.length} segments were read by both`)
    let translated = 0
    for (const [segmentId, said] of both) {
      const read = spanish.get(segmentId) ?? ''
      for (const [english, spanish] of Object.entries(WORDS)) {
        if (!has(said, english)) continue
        assert.ok(has(read, spanish), `“${said}” was read as “${read}”`)
        translated += 1
      }
    }
    assert.ok(translated >= SENTENCES.length, `only ${translated} words could be compared`)
  })

  await t.test('the speaker is told that captions are on', async () => {
    await ana.page
      .getByText(/^Captions are on/)
      .first()
      .waitFor()
  })

  await t.test('the transcript has what was read, in order, as it was said and translated', async () => {
    const last = [...english.keys()].at(-1)
    let original = await lines('')
    while (!original.some(({ segmentId }) => segmentId === last)) original = await lines('')
    const translated = await lines('&language=es')
    const kept = original.filter(({ segmentId }) => english.has(segmentId))
    assert.deepEqual(
      kept.map(({ segmentId, text }) => [segmentId, text]),
      [...english].map(([segmentId, said]) => [segmentId, said]),
    )
    assert.ok(original.every(({ startMs }, index) => index === 0 || startMs >= (original[index - 1]?.startMs ?? 0)))
    for (const [segmentId] of both) {
      const line = translated.find((each) => each.segmentId === segmentId)
      assert.deepEqual([line?.text, line?.language, line?.translated], [spanish.get(segmentId), 'es', true])
    }
  })

  await t.test('the page downloads it', async () => {
    await carla.page.getByRole('button', { name: 'Download transcript' }).click()
    const [download] = await Promise.all([
      carla.page.waitForEvent('download'),
      carla.page.getByRole('button', { name: /WebVTT/ }).click(),
    ])
    const document = await text(await download.createReadStream())
    assert.match(document, /^WEBVTT\n/)
    for (const [segmentId] of both) assert.ok(document.includes(spanish.get(segmentId) ?? '?'))
  })
})

async function lines(query: string) {
  const answer = await fetch(`${product.url}/v1/rooms/${ROOM}/transcript?format=json${query}`)
  return transcript.parse(await answer.json()).lines
}

function finalTexts(captions: readonly SeenCaption[]): Map<string, string> {
  return new Map(captions.filter(({ final }) => final).map(({ segmentId, text: shown }) => [segmentId, shown]))
}

const has = (sentence: string, word: string) =>
  sentence
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .includes(word)
