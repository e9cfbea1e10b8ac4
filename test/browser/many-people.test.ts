import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { silence } from '../speech/synthesise.ts'
import { Person } from './person.ts'
import { SignallingWire } from './signalling-wire.ts'
import { startTestProduct, type TestProduct } from './test-product.ts'

/** A page that a test hands to the browser counts as one from elsewhere, which may not reach this machine's servers. */
const FLAGS = ['--disable-features=LocalNetworkAccessChecks']

const READABLE_TILE_PX = 140
const DESKTOP = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 844 }

const guests = Array.from({ length: 121 }, (_, index) => ({
  participantId: `guest-${index}`,
  displayName: `Guest number ${index}`,
  language: 'en',
  captioned: index !== 5,
}))
const latest = guests.at(-1)?.participantId ?? ''

let product: TestProduct
let ana: Person
let wire: SignallingWire

before(async () => {
  product = await startTestProduct()
  ana = await Person.open({ name: 'Ana', microphone: await silence(), flags: FLAGS })
  wire = await SignallingWire.of(ana.page)
  await ana.join(product.url, 'many')
  for (const guest of guests) wire.notify('participant-joined', guest)
  await ana.page.waitForFunction((count) => window.jbcalling?.call.state.participants.length === count, guests.length)
})
after(async () => {
  await ana.close()
  await product.stop()
})

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** Where each tile is now, by the participant's id. */
async function tiles(): Promise<ReadonlyMap<string, Box>> {
  const found = await ana.page.locator('[data-participant-id].tile').evaluateAll((elements) =>
    elements.map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect()
      return [element.getAttribute('data-participant-id') ?? '', { x, y, width, height }] as const
    }),
  )
  return new Map(found)
}

/** Gives the window a size, and waits until the tiles fill the stage from side to side. */
async function resize(viewport: { width: number; height: number }): Promise<void> {
  await ana.page.setViewportSize(viewport)
  await ana.page.waitForFunction(() => {
    const { right = 0 } = document.querySelector('li.others')?.getBoundingClientRect() ?? {}
    return right > 0.9 * innerWidth && right <= innerWidth
  })
}

const others = () => ana.page.getByRole('button', { name: /^\+\d+ others/ })
const list = () => ana.page.getByRole('list', { name: 'People in the call' })
const panel = () => ana.page.getByRole('complementary', { name: 'People panel' })

for (const [name, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  test(`[F19] with 122 people on a ${name} each name that is shown has room, and one tile counts the others`, async () => {
    await resize(viewport)
    const shown = [...(await tiles()).values()]
    assert.deepEqual(
      shown.filter(({ width }) => width < READABLE_TILE_PX),
      [],
    )
    assert.deepEqual(
      shown.filter((box) => box.x < 0 || box.y < 0 || box.x + box.width > viewport.width),
      [],
    )
    const unseen = Number((await others().textContent())?.match(/\d+/)?.[0])
    assert.equal(shown.length + unseen, guests.length + 1)
    assert.ok(shown.length > 3, `${shown.length} tiles`)
  })
}

test('[F20] a participant who speaks without a tile gets one, and everybody else stays where they are', async () => {
  await resize(DESKTOP)
  const was = await tiles()
  assert.ok(!was.has(latest))
  wire.notify('active-speakers', { participantIds: [latest] })
  await ana.page.locator(`[data-participant-id="${latest}"].tile`).waitFor()
  const is = await tiles()
  const moved = [...was].filter(([id, box]) => JSON.stringify(is.get(id)) !== JSON.stringify(box))
  assert.equal(is.size, was.size)
  assert.equal(moved.length, 1)
  assert.deepEqual(is.get(latest), moved[0]?.[1])
})

test('[F21] the list of people has everybody, and says who speaks, is muted or is not captioned', async () => {
  wire.notify('active-speakers', { participantIds: ['guest-7'] })
  await others().click()
  const names = await list().getByRole('listitem').allTextContents()
  assert.equal(names.length, guests.length + 1)
  assert.match(names[0] ?? '', /Ana \(you\)$/)
  await list().getByRole('listitem').filter({ hasText: 'Guest number 7, muted, speaking' }).waitFor()
  await list().getByRole('listitem').filter({ hasText: 'Guest number 5, muted, not captioned' }).waitFor()
  await list().getByText('Guest number 120').scrollIntoViewIfNeeded()
  await ana.page.keyboard.press('Escape')
  await panel().waitFor({ state: 'detached' })
})

test('[F22] the keyboard opens the list of people, scrolls it, and is back where it was when the list closes', async () => {
  for (const viewport of [DESKTOP, PHONE]) {
    await resize(viewport)
    await ana.page.getByRole('button', { name: 'Transcript' }).focus()
    await ana.page.keyboard.press('p')
    await ana.page.getByRole('button', { name: 'People', pressed: true }).waitFor()
    await ana.page.keyboard.press('End')
    await ana.page.waitForFunction((last) => {
      const found = [...document.querySelectorAll('aside li')].find((item) => item.textContent?.includes(last))
      const bottom = found?.getBoundingClientRect().bottom ?? Number.POSITIVE_INFINITY
      return bottom < innerHeight
    }, 'Guest number 120')
    const isWithin = await ana.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)
    assert.ok(isWithin)
    await ana.page.keyboard.press('Escape')
    await panel().waitFor({ state: 'detached' })
    assert.equal(await ana.page.locator(':focus').getAttribute('aria-label'), 'Transcript')
  }
})
