import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Router } from 'mediasoup/types'
import type { CaptionCounter } from '../../../media-node/captions/caption-metrics.ts'
import { Captions, type RoomCaptions } from '../../../media-node/captions/captions.ts'
import type { EngineSettings } from '../../../media-node/captions/engine-settings.ts'
import type { Translator } from '../../../media-node/captions/translation/translator.ts'
import type { WorkerPool } from '../../../media-node/sfu/worker-pool.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createLogger } from '../../../shared/logging.ts'
import { rtpSpeech } from '../../speech/rtp-speech.ts'
import { synthesise } from '../../speech/synthesise.ts'
import { readWav } from '../../speech/wav.ts'
import { wordErrorRate } from '../../speech/word-error-rate.ts'
import { countingEars } from '../../speech-servers/hearing.ts'
import { startHttpSpeechServer } from '../../speech-servers/http-speech-server.ts'
import type { SpeechServer } from '../../speech-servers/speech-server.ts'
import { ScriptedTranslator } from '../../unit/captions/scripted-translator.ts'
import { type Microphone, microphone, startPool } from '../media-node/test-router.ts'
import { eventually } from './eventually.ts'
import { pocketSphinx } from './pocketsphinx-settings.ts'
import { reader, segmentsOf } from './reader.ts'
import { tapsOn } from './taps-on.ts'

/** Real speech that is cut off in the moment it ends, with no silence that would tell where the sentence is over. */

const SENTENCE = 'the weather is going to be cold and windy today'
/** Of whom the sound is, and who reads it, in the moment the sentence has been said. */
type Call = { readonly room: RoomCaptions; readonly producerId: string; readonly close: () => Promise<void> }

type Reading = { readonly translator?: Translator; readonly language?: string }

const goes: Readonly<Record<string, (call: Call) => unknown>> = {
  'the speaker': ({ room, producerId }) => room.removeSpeaker(producerId),
  'the last reader': ({ room }) => room.removeReader('reader'),
  'the room': ({ room }) => room.close(),
  'the media node': ({ close }) => close(),
}
const counts = new Map<CaptionCounter, number>()
let workers: WorkerPool
let router: Router
let speech: Int16Array
let server: SpeechServer
let ssrc = 7_000

before(async () => {
  workers = await startPool({ workers: 1, port: 0 })
  router = (await workers.createRouter()).router
  server = await startHttpSpeechServer(countingEars())
  speech = await readWav(await synthesise(SENTENCE, { voice: 'rms', before: 0.5, after: 0 }))
})
afterEach(() => counts.clear())
after(async () => {
  await server.close()
  await workers.close()
})

for (const [who, go] of Object.entries(goes)) {
  test(`[G301] when ${who} goes as the sound ends, the sentence is recognised to its end, shown to readers and kept`, async () => {
    const call = await sentenceHeardOf(pocketSphinx)
    await eventually(() => assert.ok(call.reading.captions.length > 0))
    await go(call)
    await eventually(() => assert.equal(call.kept.length, 1))
    const [text = ''] = call.kept
    assert.ok(wordErrorRate(SENTENCE, text) <= 0.2, text)
    if (who === 'the speaker') {
      assert.equal(call.reading.captions.at(-1)?.text, text)
      assert.deepEqual(segmentsOf(call.reading.captions), [{ ended: true, growing: true }])
    }
    await call.nothingLeft()
  })

  test(`[G302] when ${who} goes, an engine that answers after the end of the utterance is waited for`, async () => {
    const answer = Promise.withResolvers<void>()
    server.faults.late = answer.promise
    const call = await sentenceHeardOf({ name: 'http', url: server.url, vocabulary: [] })
    await eventually(() => assert.ok(server.connections > 0))
    const gone = go(call)
    answer.resolve()
    await gone
    await eventually(() => assert.match(call.kept[0] ?? '', /^one two three four five six seven eight nine ten/))
    if (who === 'the speaker') assert.equal(call.reading.captions.at(-1)?.text, call.kept[0])
    await call.nothingLeft()
  })
}

test('[G312] a media node that stops waits until the last words are translated or the translator is late, within the same bound', async () => {
  for (const lastWordsMs of [undefined, 0]) {
    const translator = new ScriptedTranslator()
    const call = await sentenceHeardOf(pocketSphinx, { translator, language: 'es' })
    const finals = () => translator.open.filter(({ text }) => call.kept.includes(text))
    await eventually(() => assert.ok(translator.asked.length > 0))
    call.room.close()
    await eventually(() => assert.equal(finals().length, 1))
    await call.close(lastWordsMs)
    assert.equal(finals().length, lastWordsMs === undefined ? 0 : 1, 'still waited for')
  }
})

/** A call in whose captions the last packet of the sentence has just arrived. */
async function sentenceHeardOf(engine: EngineSettings, { translator, language }: Reading = {}) {
  const captions = await start(engine, translator)
  ssrc += 1
  const speaker = await microphone(router, 'speaker', ssrc)
  const kept: string[] = []
  const room = captions.room(tapsOn(router, [speaker]), { final: ({ text }) => kept.push(text) })
  const reading = reader('reader', language)
  const producerId = speaker.producer.id
  room.addReader(reading)
  room.addSpeaker({ participantId: 'speaker', displayName: 'speaker', producerId, language: 'en' })
  await eventually(() => assert.deepEqual([captions.counts().taps, captions.counts().decoders], [1, 1]))
  const packets = await speak(speaker)
  await eventually(() => assert.equal(counts.get('packets_received'), packets))
  return {
    ...{ room, producerId, reading, kept },
    close: (lastWordsMs?: number) => captions.close(lastWordsMs),
    async nothingLeft(): Promise<void> {
      await eventually(() => assert.deepEqual([captions.counts().streams, captions.counts().recognisers], [0, 0]))
      room.close()
      await captions.close()
    },
  }
}

async function speak({ ssrc, producer }: Microphone): Promise<number> {
  const packets = rtpSpeech(speech, { ssrc, payloadType: 111, audioLevelId: 1 })
  for (const { packet } of packets) {
    producer.send(packet)
    await nextTurn()
  }
  return packets.length
}

function start(engine: EngineSettings, translator: Translator | undefined): Promise<Captions> {
  return Captions.create({
    translator,
    speech: { engine, fallback: undefined, maxStreams: 8, bufferMs: 30_000 },
    lanes: 1,
    logger: createLogger({ name: 'test', level: 'silent' }),
    clock: systemClock,
    metrics: {
      observeStage: () => undefined,
      observeDelay: () => undefined,
      count: (counter, by) => counts.set(counter, (counts.get(counter) ?? 0) + by),
    },
  })
}
