import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { silence } from '../../speech/synthesise.ts'
import { type Microphone, speakingMicrophone } from '../microphone.ts'
import { Person } from '../person.ts'
import { startTestProduct, type TestProduct } from '../test-product.ts'

const ROOM = 'logged'
const SENTENCES = ['please call the doctor before noon tomorrow', 'the weather in the north is cold and wet today']
const PATIENCE_MS = 60_000
const POLL_MS = 100

const line = z.object({ level: z.int(), msg: z.string(), reason: z.string().optional() }).loose()
type Line = z.infer<typeof line>

/** What the lines of each kind of resource have in common: its own id, and its level when it comes and goes well. */
const RESOURCES = {
  room: { id: 'roomId', level: 30 },
  participant: { id: 'participantId', level: 30 },
  'media worker': { id: 'worker', level: 30 },
  'caption lane': { id: 'lane', level: 30 },
  transport: { id: 'transportId', level: 20 },
  producer: { id: 'producerId', level: 20 },
  consumer: { id: 'consumerId', level: 20 },
  tap: { id: 'producerId', level: 20 },
  'engine stream': { id: 'engineStream', level: 20 },
} as const

/** What an operator should look at, such as a lane that a machine with too much to do takes for hung. */
const CALAMITIES: ReadonlySet<string> = new Set(['lost', 'died'])
const ERROR = 50

/** What a call makes grow. */
const GROWING = [
  ...['received', 'sent'].flatMap((direction) => [
    `jbcalling_media_${direction}_bytes_total`,
    ...['audio', 'video'].flatMap((kind) =>
      ['loss_ratio', 'score'].map((what) => `jbcalling_media_${what}_count{direction="${direction}",kind="${kind}"}`),
    ),
  ]),
  'jbcalling_media_jitter_seconds_count{kind="audio"}',
  'jbcalling_media_round_trip_seconds_count',
  'jbcalling_transports_connected_total{protocol="udp"}',
  'jbcalling_transport_changes_total{change="dtls_connected"}',
  'jbcalling_caption_delay_seconds_count{text="partial"}',
  'jbcalling_caption_delay_seconds_count{text="final"}',
  'jbcalling_caption_stage_duration_seconds_count{stage="engine"}',
]

let product: TestProduct
let speech: Microphone
let stopped = false
let read: readonly string[] = []
let metrics = ''

/** A call with captions, from the first join until the product ends. */
before(async () => {
  speech = await speakingMicrophone(
    SENTENCES.map((text) => ({ text, voice: 'rms' as const })),
    2,
  )
  product = await startTestProduct({ LOG_LEVEL: 'debug' })
  const [speaker, reader] = await Promise.all([
    Person.open({ name: 'Xochitl', microphone: speech.file }),
    Person.open({ name: 'Zbigniew', microphone: await silence() }),
  ])
  await Promise.all([speaker.join(product.url, ROOM), reader.join(product.url, ROOM)])
  await reader.turnCaptions('on')
  read = (await reader.readsFinals(2, PATIENCE_MS)).map(({ text }) => text)
  metrics = await metricsOfAll()
  await speaker.leave()
  await fetch(`${product.url}/v1/rooms/${ROOM}`, { method: 'DELETE' })
  await product.until((counts) => counts['rooms'] === 0, 'the end of the room')
  await Promise.all([speaker.close(), reader.close()])
  await stop()
})
after(stop)

async function stop(): Promise<void> {
  if (stopped) return
  stopped = true
  await product.stop()
}

/** Once everything has been seen of which they tell, or when patience ends. */
async function metricsOfAll(): Promise<string> {
  const giveUpAt = Date.now() + PATIENCE_MS
  for (;;) {
    const text = await product.metrics()
    if (Date.now() > giveUpAt || GROWING.every((series) => sampleOf(text, series) > 0)) return text
    await wait(POLL_MS)
  }
}

function sampleOf(text: string, series: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `))
  return line === undefined ? Number.NaN : Number(line.slice(series.length))
}

const said = (): readonly string[] => product.lines.map((each) => each.slice(each.indexOf('| ') + 2))

function lines(): readonly Line[] {
  return said()
    .filter((text) => text.startsWith('{'))
    .map((text) => line.parse(JSON.parse(text)))
}

for (const [resource, { id, level }] of Object.entries(RESOURCES)) {
  test(`[V8] every ${resource} of a call has one line when it comes and one, with the reason, when it goes`, () => {
    const of = (what: string) => lines().filter(({ msg }) => msg === `${resource} ${what}`)
    const ids = (found: readonly Line[]) => found.map((each) => String(each[id])).sort()
    const [opened, closed] = [of('opened'), of('closed')]
    assert.ok(opened.length > 0, 'there was none')
    assert.deepEqual(ids(closed), ids(opened))
    assert.ok(closed.every(({ reason }) => reason !== undefined && /^[a-z_]+$/.test(reason)))
    assert.ok(opened.every((each) => each.level === level))
    assert.ok(closed.every((each) => each.level === (CALAMITIES.has(each.reason ?? '') ? ERROR : level)))
  })
}

test('[V12] the metrics tell how the media of a call does, and how late its captions are', () => {
  for (const series of GROWING) assert.ok(sampleOf(metrics, series) > 0, series)
  const trips = sampleOf(metrics, 'jbcalling_media_round_trip_seconds_count')
  const seconds = sampleOf(metrics, 'jbcalling_media_round_trip_seconds_sum') / trips
  assert.ok(seconds > 0 && seconds < 5, `a round trip of ${seconds} s`)
})

test('[V9] no line of a call has a name, a token, an address of a person or what was said in it', () => {
  assert.ok(read.length >= 2 && read.every((text) => text !== ''))
  const words = [...SENTENCES, ...read]
    .flatMap((text) => text.toLowerCase().split(/\W+/))
    .filter(({ length }) => length > 4)
  for (const text of said()) {
    if (text.includes('"listening"')) continue
    assert.doesNotMatch(text, /Xochitl|Zbigniew/)
    assert.doesNotMatch(text, /eyJ|bearer|[\w-]{43,}/i, 'a token')
    assert.doesNotMatch(text, /\b\d{1,3}(\.\d{1,3}){3}\b|::1/, 'an address')
    for (const word of words) assert.ok(!text.toLowerCase().includes(word), `“${word}” in ${text}`)
  }
})
