import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { after, before, type TestContext, test } from 'node:test'
import type { Caption } from '../../shared/protocol/caption.ts'
import { silence } from '../speech/synthesise.ts'
import { Person } from './person.ts'
import { SignallingWire } from './signalling-wire.ts'
import { startTestProduct, type TestProduct } from './test-product.ts'

/** A page that a test hands to the browser counts as one from elsewhere, which may not reach this machine's servers. */
const FLAGS = ['--disable-features=LocalNetworkAccessChecks']

const ben = { participantId: 'ben', displayName: 'Ben', language: 'en', captioned: true }

let product: TestProduct
let ana: Person

before(async () => {
  product = await startTestProduct()
  ana = await Person.open({ name: 'Ana', microphone: await silence(), flags: FLAGS })
})
after(async () => {
  await ana.close()
  await product.stop()
})

/** Ana alone in a room, with captions on and the transcript open. */
async function reading(t: TestContext, room: string): Promise<SignallingWire> {
  const wire = await SignallingWire.of(ana.page)
  t.after(() => ana.page.unrouteAll())
  await ana.page.goto(product.url)
  await ana.page.evaluate(() => localStorage.clear())
  await ana.join(product.url, room)
  await ana.turnCaptions('on')
  await readingLanguage().waitFor()
  wire.notify('participant-joined', ben)
  return wire
}

const readingLanguage = () =>
  ana.page.getByRole('complementary', { name: 'Transcript panel' }).getByLabel('Language you read')

function said(segmentId: string, text: string, translations?: Record<string, string>): Caption {
  const times = { startMs: Date.now(), endMs: Date.now() }
  return {
    segmentId,
    revision: 1,
    participantId: 'ben',
    language: 'en',
    text,
    final: true,
    ...times,
    ...(translations && { translations }),
  }
}

test('[W4] the language one reads is asked for with captions and when it changes, and is there at the next call', async (t) => {
  const wire = await reading(t, 'reading')
  assert.deepEqual(wire.sent('set-captions'), [{ enabled: true, language: 'en' }])
  await readingLanguage().selectOption('es')
  await ana.page.waitForFunction(() => window.jbcalling?.call.state.captions.language === 'es')
  assert.deepEqual(wire.sent('set-captions').at(-1), { enabled: true, language: 'es' })

  await t.test('who joins again goes on reading', async () => {
    await ana.leave()
    await ana.page.getByRole('button', { name: 'Join again' }).click()
    await ana.page.getByRole('button', { name: 'Captions', exact: true, pressed: true }).waitFor()
    assert.deepEqual(wire.sent('set-captions').at(-1), { enabled: true, language: 'es' })
  })

  await t.test('a new call begins with captions off, and the language as chosen', async () => {
    await ana.join(product.url, 'reading')
    await ana.turnCaptions('on')
    assert.deepEqual(wire.sent('set-captions').at(-1), { enabled: true, language: 'es' })
  })
})

test('[W4] what one speaks can be changed during a call', async (t) => {
  const wire = await reading(t, 'speaking')
  await ana.page.getByRole('button', { name: 'Language and captions' }).click()
  await ana.page.getByRole('dialog').getByLabel('Language you speak').selectOption('fr')
  await ana.page.waitForFunction(() => window.jbcalling?.call.state.speech.language === 'fr')
  assert.deepEqual(wire.sent('set-speech'), [{ language: 'fr' }])
})

test('[W6] a translation is shown in its language, and what was said behind it on request', async (t) => {
  const wire = await reading(t, 'translated')
  await readingLanguage().selectOption('es')
  wire.notify('caption', said('a', 'good morning', { es: 'buenos días' }))
  const line = ana.page.getByRole('log').locator('[data-segment-id="a"]')
  await line.locator('[lang="es"]', { hasText: 'buenos días' }).waitFor()
  await line.getByText('good morning').waitFor({ state: 'hidden' })
  await line.getByRole('button', { name: 'Original' }).click()
  await line.locator('[lang="en"]', { hasText: 'good morning' }).waitFor()
})

test('[W6] what could not be translated is shown as it was said, and marked', async (t) => {
  const wire = await reading(t, 'untranslated')
  await readingLanguage().selectOption('ar')
  wire.notify('caption', said('b', 'nobody knows this'))
  for (const place of [ana.page.getByRole('log'), ana.page.getByRole('region', { name: 'Captions' })]) {
    const line = place.locator('[data-segment-id="b"]')
    await line.locator('[lang="en"]', { hasText: 'nobody knows this' }).waitFor()
    await line.getByTitle('Not translated: English').waitFor()
  }
})

test('[W6] lines that are there change to another language', async (t) => {
  const wire = await reading(t, 'changed')
  wire.notify('caption', said('c', 'good morning', { es: 'buenos días' }))
  const shown = ana.page.getByRole('log').locator('[data-segment-id="c"] [data-caption-text]')
  await shown.filter({ hasText: 'good morning' }).waitFor()
  await readingLanguage().selectOption('es')
  await shown.filter({ hasText: 'buenos días' }).waitFor()
})

test('[W7] who speaks sees and is told once that somebody reads along, and what becomes of the text', async (t) => {
  const wire = await reading(t, 'sign')
  const sentence = 'Captions are on: what you say is shown as text'
  wire.notify('captions-active', { active: true })
  await ana.page.getByRole('status').getByText(sentence).waitFor({ state: 'attached' })
  await ana.page.getByRole('button', { name: sentence }).click()
  await ana.page.getByText("may be kept for a while as this room's transcript").waitFor()

  wire.notify('captions-active', { active: false })
  await ana.page.getByRole('button', { name: sentence }).waitFor({ state: 'detached' })
  wire.notify('captions-active', { active: true })
  await ana.page.getByRole('button', { name: sentence }).waitFor()
  assert.equal(await ana.page.getByRole('status').getByText(sentence).count(), 0)
})

test('[W8] the transcript is saved as a file in the language one reads, or as it was said', async (t) => {
  await reading(t, 'saved')
  await readingLanguage().selectOption('es')
  const asked: string[] = []
  await ana.page.route(/\/transcript\?/, (route) => {
    asked.push(new URL(route.request().url()).search)
    assert.match(route.request().headers()['authorization'] ?? '', /^Bearer ey/, 'proof of having been there')
    return route.fulfill({ contentType: 'text/vtt', body: 'WEBVTT\n\n00:01.000 --> 00:02.000\nhola\n' })
  })
  const files = {
    'Español, where translated': 'saved-transcript.es.vtt',
    'As it was said': 'saved-transcript.vtt',
  }
  for (const [language, file] of Object.entries(files)) {
    await ana.page.getByRole('button', { name: 'Download transcript' }).click()
    await ana.page.getByLabel('Language of the transcript').selectOption(language)
    const [download] = await Promise.all([
      ana.page.waitForEvent('download'),
      ana.page.getByRole('button', { name: 'WebVTT' }).click(),
    ])
    assert.equal(download.suggestedFilename(), file)
    assert.match(await text(await download.createReadStream()), /hola/)
    await ana.page.getByLabel('Language of the transcript').waitFor({ state: 'detached' })
  }
  assert.deepEqual(asked, ['?format=vtt&language=es', '?format=vtt'])
})

test('[W8] a transcript that is empty or cannot be had is a sentence, also after the call', async (t) => {
  await reading(t, 'nothing')
  await ana.leave()
  await ana.page.getByRole('button', { name: 'Download transcript' }).click()
  await ana.page.route(/\/transcript\?/, (route) => route.fulfill({ contentType: 'text/vtt', body: 'WEBVTT\n' }))
  await ana.page.getByRole('button', { name: 'WebVTT' }).click()
  await ana.page.getByRole('alert').getByText('Nothing has been kept yet').waitFor()
  await ana.page.route(/\/transcript\?/, (route) => route.abort())
  await ana.page.getByRole('button', { name: 'WebVTT' }).click()
  await ana.page.getByRole('alert').getByText('The transcript cannot be reached now').waitFor()
})

test('[W9] Escape closes what is open on top, and the transcript only after it', async (t) => {
  await reading(t, 'keys')
  await ana.page.getByRole('button', { name: 'Download transcript' }).press('Enter')
  await ana.page.getByLabel('Language of the transcript').waitFor()
  await ana.page.keyboard.press('Escape')
  await ana.page.getByLabel('Language of the transcript').waitFor({ state: 'detached' })
  assert.equal(await readingLanguage().isVisible(), true)
  await ana.page.keyboard.press('Escape')
  await readingLanguage().waitFor({ state: 'detached' })
})
