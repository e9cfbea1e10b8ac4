import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Router } from 'mediasoup/types'
import { Captions } from '../../../media-node/captions/captions.ts'
import { startLaneThread } from '../../../media-node/captions/lane-pool.ts'
import type { WorkerPool } from '../../../media-node/sfu/worker-pool.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createLogger } from '../../../shared/logging.ts'
import type { Caption } from '../../../shared/protocol/caption.ts'
import { rtpSpeech } from '../../speech/rtp-speech.ts'
import { synthesise } from '../../speech/synthesise.ts'
import { readWav } from '../../speech/wav.ts'
import { wordErrorRate } from '../../speech/word-error-rate.ts'
import { inSpanish, ScriptedTranslator } from '../../unit/captions/scripted-translator.ts'
import { type Microphone, microphone, startPool } from '../media-node/test-router.ts'
import { eventually } from './eventually.ts'
import { pocketSphinx } from './pocketsphinx-settings.ts'
import { reader, segmentsOf } from './reader.ts'
import { tapsOn } from './taps-on.ts'

/** Readers of real speech, from the router to what they are told. */

const SENTENCES = [
  'the weather is going to be cold and windy today',
  'please turn off the light when you leave the room',
  'there are seven people waiting in the next room',
  'thank you very much for your help with this problem',
  'we have to be at the airport before the sun comes up',
  'my brother is going to buy a new car next month',
] as const

const translator = new ScriptedTranslator()
let workers: WorkerPool
let router: Router
let captions: Captions
let sounds: Int16Array[]

before(async () => {
  workers = await startPool({ workers: 1, port: 0 })
  router = (await workers.createRouter()).router
  captions = await start(2)
  sounds = await Promise.all(
    SENTENCES.map(async (text) => await readWav(await synthesise(text, { voice: 'rms', before: 0.5, after: 0.6 }))),
  )
})
afterEach(() => eventually(() => assert.equal(captions.counts().streams, 0)))
after(async () => {
  await captions.close()
  await workers.close()
})

test('[G145] two read the same speaker, one as it is said and one in their language', async () => {
  translator.answers = inSpanish
  const speaker = await microphone(router, 'speaker', 111)
  const kept: string[][] = []
  const room = captions.room(tapsOf(speaker), {
    final: ({ speaker, text, translations }) => kept.push([speaker, text, translations['es'] ?? '']),
  })
  const [english, spanish] = [reader('english', 'en-GB'), reader('spanish', 'es')]
  for (const reading of [english, spanish]) room.addReader(reading)
  addSpeaker(room, speaker)
  await tapped(1)
  await speak(packetsOf(speaker, 0))
  await eventually(() => assert.ok(spanish.captions.at(-1)?.final))

  const { text = '' } = english.captions.at(-1) ?? {}
  assert.ok(wordErrorRate(SENTENCES[0], text) <= 0.2, text)
  assert.deepEqual(spanish.captions.at(-1), { ...english.captions.at(-1), translations: { es: `es: ${text}` } })
  assert.ok(english.captions.every(({ translations }) => translations === undefined))
  for (const caption of spanish.captions) {
    assert.deepEqual(caption.translations, { es: `es: ${caption.text}` })
    assert.ok(english.captions.some(({ revision }) => revision === caption.revision))
  }
  for (const { captions } of [english, spanish])
    assert.deepEqual(segmentsOf(captions), [{ ended: true, growing: true }])
  assert.deepEqual(kept, [
    ['Speaker', text, ''],
    ['Speaker', text, `es: ${text}`],
  ])
  room.close()
})

test('[G146] who connects again in mid-sentence, and who comes late, misses nothing and gets nothing twice', async () => {
  translator.answers = inSpanish
  const speaker = await microphone(router, 'speaker', 121)
  const room = captions.room(tapsOf(speaker))
  const permanent = [reader('permanent', 'en'), reader('permanente', 'es')]
  for (const reading of permanent) room.addReader(reading)
  const [before, again, late] = [reader('again', 'es'), reader('again', 'es'), reader('late', 'en')]
  room.addReader(before)
  addSpeaker(room, speaker)
  await tapped(1)
  await speak(packetsOf(speaker, 0))
  await eventually(() => assert.ok(permanent.every(({ captions }) => captions.at(-1)?.final)))
  const packets = packetsOf(speaker, 1, 1_000)
  await speak(packets.slice(0, 90))
  await eventually(() => assert.equal(new Set(before.captions.map(({ segmentId }) => segmentId)).size, 2))
  room.removeReader('again')
  const lateBacklog = room.addReader(late)
  await speak(packets.slice(90, 130))
  const againBacklog = room.addReader(again)
  await speak(packets.slice(130))
  await eventually(() => assert.ok(permanent.every(({ captions }) => segmentsOf(captions)[1]?.ended)))
  await eventually(() => assert.ok(again.captions.at(-1)?.final))

  const newest = (captions: readonly Caption[]) => new Map(captions.map((caption) => [caption.segmentId, caption]))
  const [english, spanish] = permanent
  assert.deepEqual(newest([...lateBacklog, ...late.captions]), newest(english?.captions ?? []))
  assert.deepEqual(newest([...againBacklog, ...again.captions]), newest(spanish?.captions ?? []))
  for (const captions of [late.captions, again.captions, [...againBacklog, ...again.captions]]) {
    assert.ok(segmentsOf(captions).every(({ growing }) => growing))
  }
  room.close()
})

test('[G147] who opts out in mid-sentence is not heard any more from there on', async () => {
  const speaker = await microphone(router, 'speaker', 131)
  const room = captions.room(tapsOf(speaker))
  const reading = reader('reader')
  room.addReader(reading)
  addSpeaker(room, speaker)
  await tapped(1)
  const packets = packetsOf(speaker, 0)
  await speak(packets.slice(0, 100))
  await eventually(() => assert.ok(reading.captions.length > 0))
  room.optOut('speaker')
  const { length } = reading.captions
  assert.deepEqual([captions.counts().taps, captions.counts().streams], [0, 0])
  await speak(packets.slice(100))
  await eventually(() => assert.equal(captions.counts().decoders, 0))
  assert.equal(reading.captions.length, length)
  assert.deepEqual(segmentsOf(reading.captions), [{ ended: true, growing: true }])
  assert.deepEqual(reading.statuses, [{ status: 'started' }])
  room.close()
})

test('[G148] six people speak at once in one room and each is captioned under their own name', async () => {
  const names = SENTENCES.map((_, index) => `speaker ${index}`)
  const speakers = await Promise.all(names.map((name, index) => microphone(router, name, 141 + index)))
  const kept = new Map<string, string>()
  const room = captions.room(tapsOf(...speakers), { final: ({ speaker, text }) => kept.set(speaker, text) })
  const reading = reader('reader')
  room.addReader(reading)
  for (const speaker of speakers) addSpeaker(room, speaker)
  await tapped(6)
  await Promise.all(speakers.map((speaker, index) => speak(packetsOf(speaker, index))))
  await eventually(() => assert.equal(reading.captions.filter(({ final }) => final).length, 6))

  const spoken = Map.groupBy(reading.captions, ({ participantId }) => participantId)
  assert.deepEqual([...spoken.keys()].sort(), names)
  for (const [index, name] of names.entries()) {
    const revisions = spoken.get(name) ?? []
    const { text = '' } = revisions.at(-1) ?? {}
    assert.ok(wordErrorRate(SENTENCES[index] ?? '', text) <= 0.2, `${name}: ${text}`)
    assert.deepEqual(segmentsOf(revisions), [{ ended: true, growing: true }])
    assert.equal(kept.get(`Speaker ${index}`), text)
  }
  assert.ok(new Set(reading.captions.slice(0, 20).map(({ participantId }) => participantId)).size > 1, 'at once')
  room.close()
})

test('[G149] readers who were told that there is no engine are told when its first lane has come up', async () => {
  let threads = 0
  const late = await start(1, (settings) => {
    const thread = startLaneThread(settings)
    threads += 1
    if (threads === 1) void thread.terminate()
    return thread
  })
  const speaker = await microphone(router, 'speaker', 161)
  const room = late.room(tapsOf(speaker))
  const reading = reader('reader')
  room.addReader(reading)
  addSpeaker(room, speaker)
  await eventually(() => assert.equal(late.counts().taps, 1))
  assert.deepEqual(reading.statuses, [{ status: 'failed', reason: 'engine_unavailable' }, { status: 'started' }])
  await speak(packetsOf(speaker, 0))
  await eventually(() => assert.ok(reading.captions.at(-1)?.final))
  await late.close()
})

function start(lanes: number, startThread = startLaneThread): Promise<Captions> {
  return Captions.create({
    speech: { engine: pocketSphinx, fallback: undefined, maxStreams: 8, bufferMs: 30_000 },
    lanes,
    logger: createLogger({ name: 'test', level: 'silent' }),
    clock: systemClock,
    metrics: { observeStage: () => undefined, observeDelay: () => undefined, count: () => undefined },
    translator,
    startThread,
  })
}

function addSpeaker(room: ReturnType<Captions['room']>, { producer }: Microphone): void {
  const { participantId } = producer.appData
  const displayName = participantId.replace('s', 'S')
  room.addSpeaker({ participantId, displayName, producerId: producer.id, language: 'en-US' })
}

const tapsOf = (...microphones: readonly Microphone[]) => tapsOn(router, microphones)

function tapped(taps: number): Promise<void> {
  return eventually(() => assert.deepEqual([captions.counts().taps, captions.counts().decoders], [taps, taps]))
}

function packetsOf(speaker: Microphone, sentence: number, firstSequenceNumber = 0): (() => void)[] {
  const { ssrc, producer } = speaker
  const firstTimestamp = firstSequenceNumber * 960
  const options = { ssrc, payloadType: 111, audioLevelId: 1, firstSequenceNumber, firstTimestamp }
  return rtpSpeech(sounds[sentence] ?? assert.fail(), options).map(
    ({ packet }) =>
      () =>
        producer.send(packet),
  )
}

/** Sends packets without waiting for as long as it takes to say them. */
async function speak(packets: readonly (() => void)[]): Promise<void> {
  for (const send of packets) {
    send()
    await nextTurn()
  }
}
