import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { caption } from '../../../shared/protocol/caption.ts'
import { synthesise } from '../../speech/synthesise.ts'
import { readWav } from '../../speech/wav.ts'
import { wordErrorRate } from '../../speech/word-error-rate.ts'
import { type CaptionedNode, type FleetRoom, startCaptionedFleet } from './captioned-fleet.ts'
import type { Joined } from './test-node.ts'
import { until } from './until.ts'

/** What recognises speech answers nothing here before its source has closed, as a service may that is a second behind. */

const SENTENCE = 'the weather is going to be cold and windy today'
const NOBODY_LISTENS = 'http://127.0.0.1:1'

/** Everything on one media node; `answer` has what recognises the speech answer from then on. */
type Call = {
  readonly node: CaptionedNode
  readonly room: FleetRoom
  readonly speaker: Joined
  readonly reader: Joined
  readonly answer: () => void
}

let fleet: Awaited<ReturnType<typeof startCaptionedFleet>>
let speech: Int16Array
let here: CaptionedNode

before(async () => {
  fleet = await startCaptionedFleet()
  speech = await spoken(SENTENCE)
  here = await fleet.start()
})
after(() => fleet.stop())

const goes: Readonly<Record<string, (call: Call) => Promise<unknown>>> = {
  'the speaker leaves': async ({ speaker, reader }) => {
    await speaker.client.request('leave', {})
    await reader.client.next('participant-left')
  },
  'the only reader turns captions off': ({ reader }) => reader.client.request('set-captions', { enabled: false }),
  'an operator closes the room': async ({ node, room: { roomId, epoch }, speaker }) => {
    await fleet.registry.send(node.id, { type: 'close-room', roomId, epoch })
    await speaker.client.whenClosed()
  },
}

for (const [what, go] of Object.entries(goes)) {
  test(`[M480] when ${what} as the sound ends, the sentence is shown to those who still read and stored`, async () => {
    const call = await heardOn(here)
    await go(call)
    call.answer()
    const [text] = await storedOf(call.room, SENTENCE)
    if (what !== 'the speaker leaves') return
    await until(() => assert.deepEqual(finalsOf(call.reader), [text]))
  })
}

test('[M481] a media node that SIGTERM ends stores the sentence that is under way when its drain is over', async () => {
  const { node, room, speaker, answer } = await heardOn(await fleet.start({ DRAIN_DEADLINE_SECONDS: '1' }))
  node.process.child.kill('SIGTERM')
  assert.deepEqual(await speaker.client.whenClosed(), { code: 4502, reason: 'draining' })
  answer()
  assert.equal(await node.process.exit(), 0)
  await storedOf(room, SENTENCE)
})

test('[M482] the sentence that is under way at SIGINT waits on the disk for want of a store, and the next start stores it', async () => {
  const first = await fleet.start({ DYNAMODB_ENDPOINT: NOBODY_LISTENS })
  const { node, room, speaker, answer } = await heardOn(first)
  node.process.child.kill('SIGINT')
  await speaker.client.whenClosed()
  answer()
  assert.equal(await node.process.exit(), 0)
  assert.deepEqual(await fleet.stored(room), [])
  await fleet.start({}, node.id)
  await storedOf(room, SENTENCE)
})

test('[M483] of a room that moves during a sentence the media node before stores it, and shows it to readers who are still there', async () => {
  const { room, speaker, reader, answer } = await heardOn(here)
  await fleet.registry.send(here.id, { type: 'room-moved', roomId: room.roomId, epoch: 2 })
  await reader.client.next('migrate')
  await speaker.client.request('leave', {})
  answer()
  const texts = await storedOf(room, SENTENCE)
  await until(() => assert.deepEqual(finalsOf(reader), texts))
})

/** A call in which the last packet of the speech has just arrived, and nothing has been answered of it. */
async function heardOn(node: CaptionedNode): Promise<Call> {
  const { promise, resolve: answer } = Promise.withResolvers<void>()
  fleet.engine.faults.late = promise
  const room = { roomId: randomUUID(), epoch: 1, createdAt: Date.now() }
  const [speaker, reader] = [await fleet.join(node, room, 'speaker'), await fleet.join(node, room, 'reader')]
  await reader.client.request('set-captions', { enabled: true })
  await fleet.speak(speaker, speech, node)
  return { node, room, speaker, reader, answer }
}

/** The lines that are stored of a room once they are all of what was said, each once. */
async function storedOf(room: FleetRoom, sentence: string): Promise<readonly string[]> {
  let texts: readonly string[] = []
  await until(async () => {
    texts = (await fleet.stored(room)).map(({ text }) => text)
    assert.ok(wordErrorRate(sentence, texts.join(' ')) <= 0.2, texts.join(' | '))
  })
  return texts
}

function finalsOf({ client }: Joined): readonly string[] {
  const captions = client.inbox.filter(({ event }) => event === 'caption').map(({ data }) => caption.parse(data))
  return captions.filter(({ final }) => final).map(({ text }) => text)
}

async function spoken(sentence: string): Promise<Int16Array> {
  return await readWav(await synthesise(sentence, { voice: 'rms', before: 0.5, after: 0 }))
}
