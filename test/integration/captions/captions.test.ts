import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Router } from 'mediasoup/types'
import type { CaptionCounter } from '../../../media-node/captions/caption-metrics.ts'
import { Captions } from '../../../media-node/captions/captions.ts'
import type { EngineSettings } from '../../../media-node/captions/engine-settings.ts'
import type { TapSource } from '../../../media-node/captions/speaker-captions.ts'
import type { WorkerPool } from '../../../media-node/sfu/worker-pool.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createLogger } from '../../../shared/logging.ts'
import { rtpSpeech, type TimedRtp } from '../../speech/rtp-speech.ts'
import { synthesise } from '../../speech/synthesise.ts'
import { readWav } from '../../speech/wav.ts'
import { wordErrorRate } from '../../speech/word-error-rate.ts'
import { type Microphone, microphone, startPool } from '../media-node/test-router.ts'
import { eventually } from './eventually.ts'
import { pocketSphinx } from './pocketsphinx-settings.ts'
import { reader, segmentsOf } from './reader.ts'
import { tapsOn } from './taps-on.ts'

const SENTENCE = 'the weather is going to be cold and windy today'
const nothingHeld = { streams: 0, taps: 0, decoders: 0, recognisers: 0 }
const counts = new Map<CaptionCounter, number>()
const threads: Worker[] = []
/** How lanes are lost, all at once. */
const losses: Readonly<Record<string, (lanes: readonly Worker[]) => void>> = {
  dies: (lanes) => {
    for (const thread of lanes) thread.terminate()
  },
  hangs: (lanes) => {
    for (const thread of lanes) thread.postMessage({ kind: 'block' })
  },
}
let workers: WorkerPool
let router: Router
let captions: Captions
let speech: Int16Array

before(async () => {
  workers = await startPool({ workers: 1, port: 0 })
  router = (await workers.createRouter()).router
  captions = await start(pocketSphinx)
  speech = await readWav(await synthesise(SENTENCE, { voice: 'rms', before: 0.5, after: 0.6 }))
})
afterEach(() => eventually(() => assert.deepEqual({ ...captions.counts(), lanes: 0 }, { ...nothingHeld, lanes: 0 })))
after(async () => {
  await captions.close()
  await workers.close()
})

test('[G50] what a participant says through the router is read by everybody in the room who reads', async () => {
  const speaker = await microphone(router, 'speaker', 11)
  const room = captions.room(tapsOf(speaker))
  const [first, second] = [reader('first'), reader('second')]
  room.addReader(first)
  room.addSpeaker({
    participantId: 'speaker',
    displayName: 'speaker',
    producerId: speaker.producer.id,
    language: 'en-US',
  })
  room.addReader(second)
  await tapped(1)
  const spokeAt = Date.now()
  await speak(speaker)
  await eventually(() => assert.ok(first.captions.at(-1)?.final))

  const final = first.captions.at(-1) ?? assert.fail()
  assert.ok(wordErrorRate(SENTENCE, final.text) <= 0.2, final.text)
  assert.deepEqual([final.participantId, final.language], ['speaker', 'en-US'])
  assert.ok(first.captions.length >= 4, 'partial captions came before')
  assert.ok(Math.abs(final.endMs - spokeAt) < 10_000 && final.startMs < final.endMs, 'times are of the epoch')
  assert.deepEqual(first.statuses[0], { status: 'started' })
  assert.deepEqual(second.captions, first.captions)
  room.close()
})

test('[G51] taps exist only while somebody reads, and for those who come to speak later', async () => {
  const speakers = [await microphone(router, 'one', 21), await microphone(router, 'two', 22)]
  const room = captions.room(tapsOf(...speakers))
  const [one, two] = speakers.map(({ producer }) => producer.id)
  room.addSpeaker({ participantId: 'one', displayName: 'one', producerId: one ?? '', language: 'en' })
  assert.equal(captions.counts().taps, 0)
  room.addReader(reader('first'))
  room.addReader(reader('second'))
  await tapped(1)
  room.addSpeaker({ participantId: 'two', displayName: 'two', producerId: two ?? '', language: 'en' })
  await tapped(2)
  room.removeSpeaker(one ?? '')
  await tapped(1)
  room.removeReader('first')
  assert.equal(captions.counts().taps, 1)
  room.removeReader('second')
  assert.equal(captions.counts().taps, 0)
  room.addReader(reader('again'))
  await tapped(1)
  room.close()
})

test('[G52] a tap that is being made while the reader, the speaker or the room goes is closed at once', async () => {
  const leave: ((room: ReturnType<Captions['room']>) => void)[] = [
    (room) => room.removeReader('reader'),
    (room) => room.removeSpeaker('producer'),
    (room) => room.close(),
  ]
  for (const go of leave) {
    const made = Promise.withResolvers<void>()
    let closed = false
    const source: TapSource = {
      async tap() {
        await made.promise
        const close = () => {
          closed = true
        }
        return { rtpParameters: { codecs: [] }, closed: false, close }
      },
    }
    const room = captions.room(source)
    room.addReader(reader('reader'))
    room.addSpeaker({ participantId: 'speaker', displayName: 'speaker', producerId: 'producer', language: 'en' })
    go(room)
    made.resolve()
    await nextTurn()
    assert.ok(closed)
    assert.equal(captions.counts().streams, 0)
    room.close()
  }
})

test('[G53] a segment that was shown ends when its speaker goes', async () => {
  const speaker = await microphone(router, 'speaker', 31)
  const room = captions.room(tapsOf(speaker))
  const reading = reader('reader')
  room.addReader(reading)
  room.addSpeaker({ participantId: 'speaker', displayName: 'speaker', producerId: speaker.producer.id, language: 'en' })
  await tapped(1)
  await speak(speaker, { to: 100 })
  await eventually(() => assert.ok(reading.captions.length > 0))
  room.removeSpeaker(speaker.producer.id)
  await eventually(() => assert.deepEqual(segmentsOf(reading.captions), [{ ended: true, growing: true }]))
  room.close()
})

for (const [index, [happens, lose]] of Object.entries(losses).entries()) {
  test(`[G54] when a lane ${happens} in mid-sentence the same caption goes on in another, and no word is missing`, async () => {
    const speaker = await microphone(router, 'speaker', 41 + index)
    const room = captions.room(tapsOf(speaker))
    const reading = reader('reader')
    room.addReader(reading)
    room.addSpeaker({
      participantId: 'speaker',
      displayName: 'speaker',
      producerId: speaker.producer.id,
      language: 'en',
    })
    await tapped(1)
    await speak(speaker, { to: 100 })
    await eventually(() => assert.ok(reading.captions.length > 0))
    const { lanes } = captions.counts()
    const lost = counts.get('lanes_lost') ?? 0
    lose(threads.splice(0))
    await eventually(() => assert.equal(counts.get('lanes_lost'), lost + lanes))
    await speak(speaker, { from: 100 })

    await eventually(() => assert.ok(reading.captions.at(-1)?.final))
    const final = reading.captions.at(-1)?.text ?? ''
    assert.ok(wordErrorRate(SENTENCE, final) <= 0.2, final)
    assert.deepEqual(segmentsOf(reading.captions), [{ ended: true, growing: true }])
    await eventually(() => assert.deepEqual(reading.statuses.at(-1)?.status, 'resumed'))
    assert.deepEqual(
      [...new Set(reading.statuses.map(({ status, reason }) => reason ?? status))],
      ['started', 'lane_lost', 'resumed'],
    )
    await eventually(() => assert.equal(captions.counts().lanes, lanes))
    room.close()
  })
}

test('[G35] readers are told, late ones too, that a speaker has no model, and the speaker is not tapped', async () => {
  const speaker = await microphone(router, 'speaker', 51)
  const room = captions.room(tapsOf(speaker))
  const [early, late] = [reader('early'), reader('late')]
  room.addReader(early)
  room.addSpeaker({ participantId: 'speaker', displayName: 'speaker', producerId: speaker.producer.id, language: 'fr' })
  await eventually(() => assert.equal(early.statuses.length, 2))
  room.addReader(late)
  for (const { statuses } of [early, late]) {
    assert.deepEqual(statuses[1], { status: 'failed', reason: 'language_unsupported', participantId: 'speaker' })
  }
  assert.equal(captions.counts().taps, 0)
  room.close()
})

test('[G36] without an engine readers are told so and nothing is tapped', async () => {
  const speaker = await microphone(router, 'speaker', 61)
  for (const engine of [{ name: 'none' } as const, { ...pocketSphinx, modelPath: '/nonexistent' }]) {
    const silent = await start(engine)
    const room = silent.room(tapsOf(speaker))
    const reading = reader('reader')
    room.addSpeaker({
      participantId: 'speaker',
      displayName: 'speaker',
      producerId: speaker.producer.id,
      language: 'en',
    })
    room.addReader(reading)
    assert.deepEqual(reading.statuses, [{ status: 'failed', reason: 'engine_unavailable' }])
    assert.deepEqual(silent.counts(), { ...nothingHeld, lanes: 0 })
    await silent.close()
  }
})

function start(engine: EngineSettings): Promise<Captions> {
  return Captions.create({
    speech: { engine, fallback: undefined, maxStreams: 8, bufferMs: 30_000 },
    lanes: 2,
    logger: createLogger({ name: 'test', level: 'silent' }),
    clock: systemClock,
    metrics: {
      observeStage: () => undefined,
      observeDelay: () => undefined,
      count: (counter, by) => counts.set(counter, (counts.get(counter) ?? 0) + by),
    },
    startThread: (settings) => {
      const thread = new Worker(new URL('./blocking-lane-thread.ts', import.meta.url), { workerData: settings })
      threads.push(thread)
      return thread
    },
  })
}

const tapsOf = (...microphones: readonly Microphone[]) => tapsOn(router, microphones)

function tapped(taps: number): Promise<void> {
  return eventually(() => assert.deepEqual([captions.counts().taps, captions.counts().decoders], [taps, taps]))
}

/** Sends the sentence, or some of its packets, without waiting for as long as it takes to say it. */
async function speak({ ssrc, producer }: Microphone, { from, to }: { from?: number; to?: number } = {}): Promise<void> {
  const packets = rtpSpeech(speech, { ssrc, payloadType: 111, audioLevelId: 1 })
  for (const { packet } of packets.slice(from, to) satisfies TimedRtp[]) {
    producer.send(packet)
    await nextTurn()
  }
}
