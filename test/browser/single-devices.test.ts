import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import type { Source } from '../../shared/protocol/messages.ts'
import { silence } from '../speech/synthesise.ts'
import { Person } from './person.ts'
import { startTestProduct, type TestProduct } from './test-product.ts'

const FLAGS = ['--use-fake-device-for-media-stream=device-count=2,fps=8']
const sources: readonly Source[] = ['microphone', 'camera']
const fields = { microphone: 'Your microphone', camera: 'Your camera' }

let product: TestProduct
let quiet: string

before(async () => {
  quiet = await silence()
  product = await startTestProduct()
})
after(() => product.stop())

/** In the lobby of a browser that opens one microphone and one camera at a time, as Firefox and Android do. */
async function lobbyOf(t: TestContext): Promise<Person> {
  const ana = await Person.open({ name: 'Ana', microphone: quiet, flags: FLAGS })
  t.after(() => ana.close())
  await ana.page.addInitScript(openOneAtATime)
  await ana.page.goto(`${product.url}/?room=single-${crypto.randomUUID()}`)
  for (const name of ['Microphone', 'Camera']) await ana.page.getByRole('button', { name, pressed: true }).waitFor()
  return ana
}

/** Runs in the browser. A device named in `window.broken` does not open at all. */
function openOneAtATime(): void {
  const open: MediaStreamTrack[] = []
  const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const kinds = [constraints.audio ? 'audio' : '', constraints.video ? 'video' : '']
    const isOpen = open.some(({ kind, readyState }) => readyState === 'live' && kinds.includes(kind))
    if (isOpen) throw new DOMException('Concurrent capture is not supported.', 'NotReadableError')
    const stream = await capture(constraints)
    const isBroken = stream.getTracks().some(({ label }) => document.documentElement.dataset['broken'] === label)
    if (isBroken) {
      for (const track of stream.getTracks()) track.stop()
      throw new DOMException('Could not start the device.', 'NotReadableError')
    }
    open.push(...stream.getTracks())
    return stream
  }
}

const listOf = (ana: Person, source: Source) => ana.page.getByRole('combobox', { name: fields[source] })
const shownIn = (ana: Person, source: Source) => listOf(ana, source).locator('option:checked').textContent()

/** The name of a device that is not in use. */
async function otherDevice(ana: Person, source: Source): Promise<string> {
  const other = await listOf(ana, source).locator('option:not(:checked)').last().textContent()
  assert.ok(other)
  return other
}

async function sent(ana: Person, source: Source): Promise<string> {
  await ana.page.getByLabel('Your name').fill('Ana')
  await ana.page.getByRole('button', { name: 'Join', exact: true }).click()
  const label = await ana.page.waitForFunction(
    (source) => window.jbcalling?.call.state.published[source]?.track.label,
    source,
  )
  return String(await label.jsonValue())
}

for (const source of sources) {
  const pressed = { name: source === 'microphone' ? 'Microphone' : 'Camera', pressed: true }

  test(`[F16] where only one ${source} opens at a time, the one that is chosen is shown and sent`, async (t) => {
    const ana = await lobbyOf(t)
    const other = await otherDevice(ana, source)
    await listOf(ana, source).selectOption({ label: other })
    await ana.page.waitForFunction(
      ([label, wanted]) =>
        [...document.querySelectorAll('label')]
          .find(({ innerText }) => innerText.startsWith(label))
          ?.querySelector('option:checked')?.textContent === wanted,
      [fields[source], other] as const,
    )
    await ana.page.getByRole('button', pressed).waitFor()
    assert.equal(await sent(ana, source), other)
  })

  test(`[F17] where the chosen ${source} does not open, the one before is used again, and the person is told`, async (t) => {
    const ana = await lobbyOf(t)
    const [used, other] = [await shownIn(ana, source), await otherDevice(ana, source)]
    await ana.page.evaluate((label) => {
      document.documentElement.dataset['broken'] = label
    }, other)
    await listOf(ana, source).selectOption({ label: other })
    await ana.page.getByText(`The ${source} you chose is in use`).waitFor()
    await ana.page.getByRole('button', pressed).waitFor()
    assert.equal(await shownIn(ana, source), used)
    assert.equal(await sent(ana, source), used)
  })
}
