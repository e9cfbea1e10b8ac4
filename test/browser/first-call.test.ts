import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { silence } from '../speech/synthesise.ts'
import { wordErrorRate } from '../speech/word-error-rate.ts'
import { type Microphone, speakingMicrophone } from './microphone.ts'
import type { HeardLevel, SeenCaption } from './page-instruments.ts'
import { Person } from './person.ts'
import { startTestProduct, type TestProduct } from './test-product.ts'

const SENTENCES = [
  'please call the doctor before noon tomorrow',
  'we will meet again next week in the main office',
  'the weather in the north is cold and wet today',
]
const GAP_SECONDS = 2

/** Of all words said, the part that may be captioned wrongly. */
const MAX_WORD_ERROR_RATE = 0.15

/** RMS of full scale: speech is far above, comfort noise far below. */
const AUDIBLE = 0.01

/** The rest of the sentence during which captions were turned on, and two rounds of all. */
const FINALS = 1 + 2 * SENTENCES.length

/** Each round of the sentences takes 18 s. */
const CAPTIONS_PATIENCE_MS = 90_000

let product: TestProduct
let speech: Microphone
let quiet: string

before(async () => {
  speech = await speakingMicrophone(
    SENTENCES.map((text) => ({ text, voice: 'rms' as const })),
    GAP_SECONDS,
  )
  quiet = await silence()
  product = await startTestProduct()
})
after(() => product.stop())

test('[F1] two people see and hear each other, and one reads what the other says while it is being said', async (t) => {
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
    const counts = await product.counts()
    assert.deepEqual([counts['taps'], counts['captionStreams'], counts['captionDecoders']], [0, 0, 0])
  })

  await t.test('the reader hears the speaker', async () => {
    await reader.listen()
    await reader.hears(AUDIBLE)
  })

  await t.test('the reader reads each sentence, partly while it is spoken, wholly when it has been', async () => {
    await reader.turnCaptions('on')
    const captions = await reader.readsFinals(FINALS, CAPTIONS_PATIENCE_MS)
    const heard = await reader.heard()
    const segments = segmentsOf(captions).slice(1)
    const read = segments.map(({ final }) => final.text)
    const rate = Math.min(...SENTENCES.map((_, first) => wordErrorRate(saidFrom(first, read.length), read.join(' '))))
    assert.ok(rate <= MAX_WORD_ERROR_RATE, `word error rate ${rate.toFixed(2)}: ${read.join(' | ')}`)
    for (const segment of segments) assertBegunWhileSpoken(segment, heard)
  })

  await t.test('captions that are turned off leave no tap', async () => {
    await reader.turnCaptions('off')
    await product.until(
      (counts) => counts['taps'] === 0 && counts['captionStreams'] === 0 && counts['captionDecoders'] === 0,
      'no tap',
    )
  })
})

/** Captions may have been turned on during any sentence; what comes after it is said in turn. */
function saidFrom(first: number, count: number): string {
  return Array.from({ length: count }, (_, index) => SENTENCES[(first + index) % SENTENCES.length]).join(' ')
}

type Segment = { readonly partials: readonly SeenCaption[]; readonly final: SeenCaption }

function segmentsOf(captions: readonly SeenCaption[]): readonly Segment[] {
  return captions
    .filter(({ final }) => final)
    .map((final) => ({
      final,
      partials: captions.filter((each) => !each.final && each.segmentId === final.segmentId && each.text !== ''),
    }))
}

/** The reader still heard something of the sentence after its first partial was shown. */
function assertBegunWhileSpoken({ partials, final }: Segment, heard: readonly HeardLevel[]): void {
  const shownFirst = partials[0]?.at ?? Number.POSITIVE_INFINITY
  const soundAfter = heard.some(({ at, rms }) => at > shownFirst && at < final.at && rms > AUDIBLE)
  assert.ok(soundAfter, `the first partial came after the last sound of: ${final.text}`)
}
