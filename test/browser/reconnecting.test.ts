import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { callOf, happeningsOf, untilHappened, watchCall } from './call-watch.ts'
import { speakingMicrophone } from './microphone.ts'
import { Person } from './person.ts'
import { SignallingWire } from './signalling-wire.ts'
import { longestSilence, watchSound } from './sound-watch.ts'
import { startTestProduct, type TestProduct } from './test-product.ts'

/** A page that a test hands to the browser counts as one from elsewhere, which may not reach this machine's servers. */
const FLAGS = ['--disable-features=LocalNetworkAccessChecks']

const SENTENCES = ['please call the doctor before noon tomorrow', 'we will meet again next week in the main office']
const GAP_SECONDS = 0.6
/** More than words and sentences are apart in speech without gaps, less than it takes to join again. */
const MAX_SILENCE_MS = 700
const CAPTIONS_PATIENCE_MS = 60_000

let product: TestProduct
let speech: string
let restlessSpeech: string

before(async () => {
  const sentences = SENTENCES.map((text) => ({ text, voice: 'rms' as const }))
  speech = (await speakingMicrophone(sentences, GAP_SECONDS)).file
  restlessSpeech = (await speakingMicrophone(sentences, 0)).file
  product = await startTestProduct({}, { nodes: 2 })
})
after(() => product.stop())

async function open(t: TestContext, name: string, microphone = speech): Promise<Person> {
  const person = await Person.open({ name, microphone, flags: FLAGS })
  t.after(() => person.close())
  return person
}

/** Makes a room; answers the media node that has it. */
async function makeRoom(roomId: string): Promise<string> {
  const response = await post('/v1/rooms', { roomId })
  assert.equal(response.status, 201)
  const { nodeId } = await response.json()
  return nodeId
}

function post(path: string, body: object): Promise<Response> {
  return fetch(`${product.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** Ana and Ben in a call in which Ben reads what Ana says. */
async function callOfTwo(t: TestContext, room: string, microphone?: string): Promise<readonly [Person, Person]> {
  const [ana, ben] = await Promise.all([open(t, 'Ana', microphone), open(t, 'Ben', microphone)])
  await Promise.all([ana.join(product.url, room), ben.join(product.url, room)])
  await Promise.all([ana.seesOthers(1), ben.seesOthers(1)])
  await ben.turnCaptions('on')
  await Promise.all([watchCall(ana.page), watchCall(ben.page)])
  return [ana, ben]
}

test('[F12] whose signalling is cut is resumed, with the same tracks, and the others notice nothing', async (t) => {
  await makeRoom('cut')
  const [ana, ben] = await Promise.all([open(t, 'Ana'), open(t, 'Ben')])
  const wire = await SignallingWire.of(ana.page)
  await Promise.all([ana.join(product.url, 'cut'), ben.join(product.url, 'cut')])
  await Promise.all([ana.seesOthers(1), ben.seesOthers(1)])
  await Promise.all([watchCall(ana.page), watchCall(ben.page)])
  const before = await callOf(ana.page)
  const seenByBen = await callOf(ben.page)
  wire.cut()
  await untilHappened(ana.page, 'reconnected resumed')
  assert.notEqual(await ana.pictureOfOthers(), await ana.pictureAfterFrames(10))
  assert.notEqual(await ben.pictureOfOthers(), await ben.pictureAfterFrames(10))
  assert.deepEqual(await callOf(ana.page), before)
  assert.deepEqual(await callOf(ben.page), seenByBen)
  assert.deepEqual(await happeningsOf(ben.page), [])
})

test('[F13] a room that drains is moved with both people in it, and none of them hears a silence', async (t) => {
  const nodeId = await makeRoom('drained')
  const [ana, ben] = await callOfTwo(t, 'drained', restlessSpeech)
  await Promise.all([watchSound(ana.page), watchSound(ben.page)])
  const before = await Promise.all([callOf(ana.page), callOf(ben.page)])
  const drained = await post(`/v1/nodes/${nodeId}/drain`, { deadlineSeconds: 60 })
  assert.equal(drained.status, 202)
  t.after(() => fetch(`${product.url}/v1/nodes/${nodeId}/drain`, { method: 'DELETE' }))
  await Promise.all([untilHappened(ana.page, 'migrated'), untilHappened(ben.page, 'migrated')])
  const read = (await callOf(ben.page)).lines.length
  await ben.page.waitForFunction(
    (count) => (window.jbcalling?.call.state.captions.transcript.lines.length ?? 0) > count,
    read,
  )
  for (const [index, { page }] of [ana, ben].entries()) {
    const [now, then] = [await callOf(page), before[index]]
    assert.deepEqual(
      [now.participantId, now.others, now.published],
      [then?.participantId, then?.others, then?.published],
    )
    assert.equal(now.consumers.length, 2)
    assert.ok(now.consumers.every((consumer) => !then?.consumers.includes(consumer)))
    assert.deepEqual(await happeningsOf(page), ['migrated'])
    const silence = await longestSilence(page)
    t.diagnostic(`longest silence: ${silence.toFixed(0)} ms`)
    assert.ok(silence < MAX_SILENCE_MS, `silent for ${silence} ms`)
  }
})

test('[F14] when a media node is killed both people are back on the other one, as the same, with their captions', async (t) => {
  const nodeId = await makeRoom('killed')
  const [ana, ben] = await callOfTwo(t, 'killed')
  await ben.readsFinals(1, CAPTIONS_PATIENCE_MS)
  const before = await Promise.all([callOf(ana.page), callOf(ben.page)])
  const finals = await finalsOf(ben)
  product.mediaNodes.get(nodeId)?.kill()
  await Promise.all([ana, ben].map(({ page }) => untilHappened(page, 'reconnected rejoined')))
  await Promise.all(
    [ana, ben].map(({ page }, index) =>
      page.waitForFunction(
        (old) => {
          const tracks = window.jbcalling?.call.state.participants.flatMap((participant) => participant.tracks) ?? []
          const isNew = ({ consumerId, media }: (typeof tracks)[number]) =>
            media.status === 'live' && media.flowing && !old.includes(consumerId)
          return tracks.length === 2 && tracks.every(isNew)
        },
        [...(before[index]?.consumers ?? [])],
      ),
    ),
  )
  await ben.readsFinals(finals.length + 1, CAPTIONS_PATIENCE_MS)
  for (const [index, { page }] of [ana, ben].entries()) {
    const [now, then] = [await callOf(page), before[index]]
    assert.deepEqual(
      [now.participantId, now.others, now.published, now.captions],
      [then?.participantId, then?.others, then?.published, then?.captions],
    )
  }
  const now = await finalsOf(ben)
  assert.ok(finals.every((segmentId) => now.includes(segmentId)))
  assert.equal(new Set(now).size, now.length)
  assert.notEqual(await ben.pictureOfOthers(), await ben.pictureAfterFrames(10))
})

async function finalsOf({ page }: Person): Promise<readonly string[]> {
  return page.evaluate(
    () =>
      window.jbcalling?.call.state.captions.transcript.lines
        .filter(({ final }) => final)
        .map(({ segmentId }) => segmentId) ?? [],
  )
}
