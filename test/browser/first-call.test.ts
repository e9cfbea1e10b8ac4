import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { wordErrorRate } from '../speech/word-error-rate.ts'
import { type Microphone, silentMicrophone, speakingMicrophone } from './microphone.ts'
import type { HeardLevel, SeenCaption } from './page-instruments.ts'
import { Person } from './person.ts'
import { startTestProduct, type TestProduct } from './test-product.ts'

const SENTENCES = [
  'please call the doctor before noon tomorrow',
  'we will meet again next week in the main office',
  'the weather in the north is cold and wet today',
]
const GAP_SECONDS = 2

/** Of the words of a sentence, the part that may be wrong. */
const MAX_WORD_ERROR_RATE = 0.15

/** RMS of full scale: speech is far above, comfort noise far below. */
const AUDIBLE = 0.01

/** A hearing time of one round of all sentences, and the rest of the one that was playing when the captions were turned on. */
const FINALS = 2 * SENTENCES.length

let product: TestProduct
let speech: Microphone
let quiet: string

before(async () => {
  speech = await speakingMicrophone(
    SENTENCES.map((text) => ({ text, voice: 'rms' })),
    GAP_SECONDS,
  )
  quiet = await silentMicrophone()
  product = await startTestProduct()
})
after(() => product.stop())

test('[C1] two people see and hear each other, and one reads what the other says while it is being said', async (t) => {
  const [speaker, reader] = await Promise.all([
    Person.open({ name: 'Ana', microphone: speech.file }),
    Person.open({ name: 'Ben', microphone: quiet }),
  ])
  t.after(() => Promise.all([speaker.close(), reader.close()]))
  await Promise.all([speaker.join(product.url, 'first-call'), reader.join(product.url, 'first-call')])

  await t.test('each sees the moving picture of the other', async () => {
    await Promise.all([speaker.seesOthers(1), reader.seesOthers(1)])
    assert.notEqual(await reader.pictureOfOthers(), await reader.pictureAfterFrames(10))
  })

  await t.test('with captions off nobody is tapped', async () => {
    const { counts } = await product.stats()
    assert.deepEqual([counts['taps'], counts['captionStreams'], counts['captionDecoders']], [0, 0, 0])
  })

  await t.test('the reader hears the speaker', async () => {
    await reader.listen()
    await reader.hears(AUDIBLE)
  })

  await t.test('the reader reads each sentence, partly while it is spoken, wholly when it has been', async () => {
    await reader.turnCaptions('on')
    const captions = await reader.readsFinals(FINALS)
    const heard = await reader.heard()
    const whole = segmentsOf(captions)
      .filter(({ partials }) => partials.length > 0)
      .slice(1)
    for (const sentence of SENTENCES) assertCaptioned(sentence, whole, heard)
  })

  await t.test('captions that are turned off leave no tap', async () => {
    await reader.turnCaptions('off')
    await product.until(
      (counts) => counts['taps'] === 0 && counts['captionStreams'] === 0 && counts['captionDecoders'] === 0,
      'no tap',
    )
  })
})

type Segment = { readonly partials: readonly SeenCaption[]; readonly final: SeenCaption }

function segmentsOf(captions: readonly SeenCaption[]): readonly Segment[] {
  return captions
    .filter(({ final }) => final)
    .map((final) => ({
      final,
      partials: captions.filter((each) => !each.final && each.segmentId === final.segmentId && each.text !== ''),
    }))
}

/** Every time that the sentence was said it was captioned rightly, and begun to be before it was over. */
function assertCaptioned(sentence: string, segments: readonly Segment[], heard: readonly HeardLevel[]): void {
  const said = segments.filter(({ final }) => wordErrorRate(sentence, final.text) < 1 - MAX_WORD_ERROR_RATE)
  assert.ok(said.length > 0, `never captioned: ${sentence}\n${segments.map(({ final }) => final.text).join('\n')}`)
  for (const { partials, final } of said) {
    const rate = wordErrorRate(sentence, final.text)
    assert.ok(rate <= MAX_WORD_ERROR_RATE, `"${final.text}" for "${sentence}"`)
    const first = partials[0]
    const soundAfter = heard.filter(({ at, rms }) => first && at > first.at && at < final.at && rms > AUDIBLE)
    assert.ok(soundAfter.length > 0, `the first partial came after the last sound of: ${sentence}`)
  }
}
