import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { silence } from '../speech/synthesise.ts'
import { speakingMicrophone } from './microphone.ts'
import { Person } from './person.ts'
import { SignallingWire } from './signalling-wire.ts'
import { startTestProduct, type TestProduct } from './test-product.ts'

/** A page that a test hands to the browser counts as one from elsewhere, which may not reach this machine's servers. */
const FLAGS = ['--disable-features=LocalNetworkAccessChecks']

/** RMS of full scale: speech is far above, comfort noise far below. */
const AUDIBLE = 0.01

let product: TestProduct
before(async () => {
  product = await startTestProduct()
})
after(() => product.stop())

/** Packets of speech that any tap has ever had. */
async function tappedPackets(): Promise<number> {
  const [, count] = /^jbcalling_caption_packets_received_total (\d+)$/m.exec(await product.metrics()) ?? []
  assert.ok(count, 'the metric is there')
  return Number(count)
}

async function joinOptedOut(person: Person): Promise<void> {
  await person.page.goto(`${product.url}/?room=private`)
  await person.page.getByLabel('Your name').fill(person.name)
  await person.page.getByLabel('Do not caption my speech').check()
  await person.page.getByRole('button', { name: 'Join', exact: true }).click()
  await person.page.getByRole('button', { name: 'Leave', exact: true }).waitFor()
}

test('[W5] of who opts out in the lobby not one packet is tapped, and everybody sees it', async (t) => {
  const speech = await speakingMicrophone([{ text: 'please call the doctor before noon tomorrow', voice: 'rms' }], 1)
  const [ana, ben] = await Promise.all([
    Person.open({ name: 'Ana', microphone: speech.file, flags: FLAGS }),
    Person.open({ name: 'Ben', microphone: await silence() }),
  ])
  t.after(() => Promise.all([ana.close(), ben.close()]))
  const wire = await SignallingWire.of(ana.page)
  await joinOptedOut(ben)
  await ben.turnCaptions('on')
  await joinOptedOut(ana)

  await t.test('the media node knows before anything is sent', () => {
    assert.deepEqual(wire.sent('set-speech'), [{ captioned: false }])
    assert.ok(!wire.methods.slice(0, wire.methods.indexOf('set-speech')).includes('produce'))
  })

  await t.test('who reads captions hears them, and nothing of it was tapped', async () => {
    await ben.seesOthers(1)
    await ben.listen()
    await ben.hears(AUDIBLE)
    assert.equal((await product.counts())['taps'], 0)
    assert.equal(await tappedPackets(), 0)
  })

  await t.test('their tile says so on both sides', async () => {
    await ana.page.getByRole('listitem').getByText('Ana (you), not captioned').waitFor()
    await ana.page.locator('li[data-self]').getByText('Not captioned', { exact: true }).waitFor()
    await ben.page.getByRole('listitem').filter({ hasText: 'Ana, not captioned' }).getByTitle('Not captioned').waitFor()
  })

  await t.test('nothing was tapped until they left, and the choice is kept for the next call', async () => {
    await ana.leave()
    assert.equal(await tappedPackets(), 0)
    await ana.page.getByRole('button', { name: 'Back to the lobby' }).click()
    assert.equal(await ana.page.getByLabel('Do not caption my speech').isChecked(), true)
  })

  await t.test('who allows it again is tapped', async () => {
    await ana.page.getByLabel('Do not caption my speech').uncheck()
    await ana.page.getByRole('button', { name: 'Join', exact: true }).click()
    await product.until((counts) => counts['taps'] === 1, 'a tap')
  })

  await t.test('who opts out during the call is tapped no longer', async () => {
    await ana.page.getByRole('button', { name: 'Language and captions' }).click()
    await ana.page.getByRole('dialog').getByLabel('Do not caption my speech').check()
    await product.until((counts) => counts['taps'] === 0, 'no tap')
    await ben.page.locator('li[data-captioned="false"]', { hasText: 'Ana' }).waitFor()
  })
})
