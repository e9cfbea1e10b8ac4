import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { silence } from '../speech/synthesise.ts'
import { Person } from './person.ts'
import { SignallingWire } from './signalling-wire.ts'
import { startTestProduct, type TestProduct } from './test-product.ts'

/** A page that a test hands to the browser counts as one from elsewhere, which may not reach this machine's servers. */
const FLAGS = ['--disable-features=LocalNetworkAccessChecks']

/** A call that cannot be reconnected has ended by then. */
const GIVEN_UP_MS = 61_000
const SLEEP_MS = 600_000

let product: TestProduct
let quiet: string

before(async () => {
  quiet = await silence()
  product = await startTestProduct()
})
after(() => product.stop())

async function open(t: TestContext, name: string): Promise<Person> {
  const person = await Person.open({ name, microphone: quiet, flags: FLAGS })
  t.after(() => person.close())
  return person
}

/** The browser itself refuses: the page comes with a policy that forbids these devices. */
async function refuse(person: Person, devices: readonly ('camera' | 'microphone')[]): Promise<void> {
  const policy = devices.map((device) => `${device}=()`).join(', ')
  await person.page.route(/\/(\?.*)?$/, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, headers: { ...response.headers(), 'permissions-policy': policy } })
  })
}

test('[W1] who refuses camera and microphone is told how to allow them, and can join to watch and listen', async (t) => {
  const ana = await open(t, 'Ana')
  await refuse(ana, ['camera', 'microphone'])
  await ana.page.goto(product.url)
  await ana.page.getByText('Your camera and microphone are blocked').waitFor()
  await ana.join(product.url, 'refused')
  await ana.page.getByRole('button', { name: 'Microphone', pressed: false }).waitFor()
})

test('[W1] who refuses only the camera is heard', async (t) => {
  const [ana, ben] = await Promise.all([open(t, 'Ana'), open(t, 'Ben')])
  await refuse(ana, ['camera'])
  await ana.page.goto(product.url)
  await ana.page.getByText('Your camera is blocked').waitFor()
  await ana.page.getByRole('button', { name: 'Microphone', pressed: true }).waitFor()
  await ana.join(product.url, 'no-camera')
  await ben.join(product.url, 'no-camera')
  await ben.page.locator('li[data-muted="false"]:not([data-self])', { hasText: 'Ana' }).waitFor()
})

test('[W2] a full room is a sentence in the lobby, with the way to another room', async (t) => {
  const body = JSON.stringify({ roomId: 'full', maxParticipants: 1 })
  const created = await fetch(`${product.url}/v1/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  assert.equal(created.status, 201)
  const [ana, ben] = await Promise.all([open(t, 'Ana'), open(t, 'Ben')])
  await ana.join(product.url, 'full')
  await ben.pressJoin(product.url, 'full')
  await ben.page.getByRole('alert').getByText('This room is full').waitFor()
  await ben.page.getByRole('button', { name: 'New room' }).click()
  await ben.page.getByRole('button', { name: 'Join', exact: true }).click()
  await ben.page.getByRole('button', { name: 'Leave', exact: true }).waitFor()
})

test('[W3] who leaves can join again with one click, and finds the devices as they were', async (t) => {
  const ana = await open(t, 'Ana')
  await ana.join(product.url, 'again')
  await ana.page.getByRole('button', { name: 'Camera' }).click()
  await ana.page.getByRole('button', { name: 'Camera', pressed: false }).waitFor()
  await ana.leave()
  await ana.page.getByRole('heading', { name: 'You left the call' }).waitFor()
  await ana.page.getByRole('button', { name: 'Join again' }).click()
  await ana.page.getByRole('button', { name: 'Leave', exact: true }).waitFor()
  await ana.page.getByRole('button', { name: 'Microphone', pressed: true }).waitFor()
  assert.equal(await ana.page.getByRole('button', { name: 'Camera', pressed: false }).count(), 1)
})

test('[W3] shortcuts switch devices in a call, and do nothing while somebody types', async (t) => {
  const ana = await open(t, 'Ana')
  await ana.page.goto(product.url)
  await ana.page.getByRole('button', { name: 'Microphone', pressed: true }).waitFor()
  await ana.page.getByLabel('Your name').pressSequentially('mvc')
  await ana.join(product.url, 'keys')
  await ana.page.getByRole('button', { name: 'Microphone', pressed: true }).waitFor()
  await ana.page.keyboard.press('m')
  await ana.page.getByRole('button', { name: 'Microphone', pressed: false }).waitFor()
})

test('[W2] when the servers go the page says that it reconnects, ends with a sentence, and says what is wrong', async (t) => {
  const doomed = await startTestProduct()
  const ana = await open(t, 'Ana')
  await ana.page.clock.install()
  await ana.join(doomed.url, 'gone')
  await doomed.stop()
  await ana.page.getByRole('alert').getByText('Reconnecting').waitFor()
  await ana.page.clock.runFor(GIVEN_UP_MS)
  await ana.page.getByRole('heading', { name: 'The connection was lost' }).waitFor()
  await ana.page.getByRole('button', { name: 'Join again' }).click()
  await ana.page.getByRole('alert').getByText('The service cannot be reached').waitFor()
  assert.equal(await ana.page.getByRole('button', { name: 'Join', exact: true }).count(), 1)
})

test('[W26] whose connection breaks for a moment reads that it does, and that it is back', async (t) => {
  const [ana, ben] = await Promise.all([open(t, 'Ana'), open(t, 'Ben')])
  const wire = await SignallingWire.of(ana.page)
  await Promise.all([ana.join(product.url, 'broken'), ben.join(product.url, 'broken')])
  await ana.seesOthers(1)
  wire.block()
  await ana.page.getByRole('alert').getByText('Reconnecting').waitFor()
  await ana.page.getByRole('listitem').filter({ hasText: 'Ben' }).waitFor()
  assert.equal(await ana.page.getByRole('button', { name: 'Leave', exact: true }).count(), 1)
  wire.unblock()
  await ana.page.getByRole('status').getByText('You are back in the call').waitFor()
  await ana.page.getByRole('alert').getByText('Reconnecting').waitFor({ state: 'detached' })
})

test('[F15] a laptop that lost its network before it slept is back in its call once it has one after waking', async (t) => {
  const [ana, ben] = await Promise.all([open(t, 'Ana'), open(t, 'Ben')])
  await ana.page.clock.install()
  const wire = await SignallingWire.of(ana.page)
  await Promise.all([ana.join(product.url, 'asleep'), ben.join(product.url, 'asleep')])
  await ana.seesOthers(1)
  await ana.page.context().setOffline(true)
  wire.block()
  await ana.page.getByRole('alert').getByText('You have no network').waitFor()
  // As of a closed lid: each timer that is due meanwhile comes once, and late.
  await ana.page.clock.fastForward(SLEEP_MS)
  await ana.page.getByRole('alert').getByText('You have no network').waitFor()
  wire.unblock()
  await ana.page.context().setOffline(false)
  await ana.page.getByRole('status').getByText('You are back in the call').waitFor()
  await ana.page.getByRole('listitem').filter({ hasText: 'Ben' }).waitFor()
  await ben.page.getByRole('listitem').filter({ hasText: 'Ana' }).waitFor()
})

test('[W322] the page reaches no foreign host, by whatever way a script asks, while its calls work', async (t) => {
  const [ana, ben] = await Promise.all([open(t, 'Ana'), open(t, 'Ben')])
  const foreign: string[] = []
  ana.page.on('request', (request) => foreign.push(request.url()))
  await ana.join(product.url, 'policy')
  await ben.join(product.url, 'policy')
  await ana.page.locator('li:not([data-self])', { hasText: 'Ben' }).waitFor()
  foreign.length = 0
  const blocked = await ana.page.evaluate(async () => {
    const violations: string[] = []
    const seen = (count: number) =>
      new Promise<void>((resolve) => {
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
          violations.push(`${effectiveDirective} ${blockedURI}`)
          if (violations.length === count) resolve()
        })
      })
    const all = seen(5)
    for (const url of ['wss://198.51.100.1/', 'ws://198.51.100.1:8081/', 'wss://localhost.evil.example/']) {
      try {
        new WebSocket(url)
      } catch {
        // Some browsers throw, others only tell.
      }
    }
    fetch('https://198.51.100.1/').catch(() => {})
    navigator.sendBeacon('https://198.51.100.2/')
    await all
    return violations
  })
  assert.equal(blocked.length, 5)
  for (const violation of blocked)
    assert.match(violation, /^connect-src (wss?|https):\/\/(198\.51\.100|localhost\.evil)/)
  assert.deepEqual(
    foreign.filter((url) => /198\.51\.100|evil/.test(url) && !/^https:/.test(url)),
    [],
  )
})
