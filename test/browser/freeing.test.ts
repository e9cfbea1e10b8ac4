import { after, before, type TestContext, test } from 'node:test'
import { silence } from '../speech/synthesise.ts'
import { Person } from './person.ts'
import { type NodeCounts, startTestProduct, type TestProduct } from './test-product.ts'

/** What participants hold on the media node; workers, lanes and the empty room stay. */
const HELD = [
  'connections',
  'participants',
  'transports',
  'producers',
  'consumers',
  'taps',
  'captionStreams',
  'captionDecoders',
  'mediasoup.transports',
  'mediasoup.producers',
  'mediasoup.consumers',
] as const

/** Of one reader and of one who just talks: two transports each and the taps' one, four producers, four consumers, two taps. */
const TWO_IN_CALL: NodeCounts = {
  participants: 2,
  transports: 5,
  producers: 4,
  consumers: 4,
  taps: 2,
  captionDecoders: 2,
}

let product: TestProduct
let microphone: string

before(async () => {
  microphone = await silence()
  product = await startTestProduct()
})
after(() => product.stop())

const matches = (wanted: NodeCounts) => (counts: NodeCounts) =>
  Object.entries(wanted).every(([name, count]) => counts[name] === count)

const nothingHeld = matches(Object.fromEntries(HELD.map((name) => [name, 0])))

/** Opens a browser that ends with the test, however the test ends. */
async function open(t: TestContext, name: string): Promise<Person> {
  const person = await Person.open({ name, microphone })
  t.after(() => person.close())
  return person
}

async function callOfTwo(t: TestContext, room: string): Promise<readonly [Person, Person]> {
  const [ana, ben] = await Promise.all([open(t, 'Ana'), open(t, 'Ben')])
  await Promise.all([ana.join(product.url, room), ben.join(product.url, room)])
  await Promise.all([ana.seesOthers(1), ben.seesOthers(1)])
  await ana.turnCaptions('on')
  await product.until(matches(TWO_IN_CALL), 'two people in a call with captions')
  return [ana, ben]
}

const ends: Readonly<Record<string, (person: Person) => Promise<unknown>>> = {
  'leaves by the button': (person) => person.leave(),
  'closes the tab': (person) => person.page.close(),
  'loses the browser to SIGKILL': (person) => person.kill(),
}

for (const [how, end] of Object.entries(ends)) {
  test(`[F2] whoever ${how} leaves nothing on the media node, and the other one's call goes on`, async (t) => {
    const [ana, ben] = await callOfTwo(t, `freeing-${how.replaceAll(/\W/g, '-')}`)
    await end(ana)
    await product.until(
      matches({
        participants: 1,
        transports: 2,
        producers: 2,
        consumers: 0,
        taps: 0,
        captionDecoders: 0,
        'mediasoup.transports': 2,
      }),
      'one person left',
    )
    await ben.page.getByRole('listitem').filter({ hasText: 'Ana' }).waitFor({ state: 'detached' })
    await ben.leave()
    await product.until(nothingHeld, 'everything freed')
  })
}

test('[F3] whoever goes at any step of joining leaves nothing on the media node', async (t) => {
  const ben = await open(t, 'Ben')
  await ben.join(product.url, 'joining')
  await ben.turnCaptions('on')
  const alone = await product.until(matches({ participants: 1, producers: 2, taps: 1 }), 'one person')
  const steps = await messagesOfJoining(t, 'joining')
  for (let step = 0; step <= steps; step += 1) {
    const ana = await open(t, 'Ana')
    await ana.killedAfterMessages(product.url, 'joining', step)
  }
  // Who was in already could come back for a while, so all of them are waited for together.
  await product.until(matches(Object.fromEntries(HELD.map((name) => [name, alone[name] ?? 0]))), 'all of them freed')
  await ben.leave()
  await product.until(nothingHeld, 'everything freed')
})

/** How many signalling messages a join takes, both ways together. */
async function messagesOfJoining(t: TestContext, room: string): Promise<number> {
  const person = await open(t, 'Cleo')
  const count = await person.countMessagesUntilSeeing(product.url, room)
  await person.leave()
  return count
}
