import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createEngine } from '../../../media-node/captions/create-engine.ts'
import type { EngineSettings } from '../../../media-node/captions/engine-settings.ts'
import { EngineSupply } from '../../../media-node/captions/engine-supply.ts'
import type { FromLane, LaneCaption } from '../../../media-node/captions/lane-messages.ts'
import { LaneTally } from '../../../media-node/captions/lane-tally.ts'
import { LaneWork } from '../../../media-node/captions/lane-work.ts'
import { PacketBatchWriter } from '../../../media-node/captions/packet-batch.ts'
import { SeededRandom } from '../../seeded-random.ts'
import { rtpSpeech, type TimedRtp } from '../../speech/rtp-speech.ts'
import { synthesise } from '../../speech/synthesise.ts'
import { readWav } from '../../speech/wav.ts'
import { wordErrorRate } from '../../speech/word-error-rate.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { pocketSphinx } from './pocketsphinx-settings.ts'

type Said = { readonly stream: number; readonly caption: LaneCaption; readonly at: number }

const SENTENCES = [
  'please turn off the light when you leave the room',
  'there are seven people waiting in the next room',
  'thank you very much for your help with this problem',
]
const BATCH_MS = 100
let spoken: TimedRtp[][] = []
/** When the first and the last sound of each sentence is spoken, in milliseconds. */
let bounds: { start: number; end: number }[] = []
let supply: EngineSupply
let lane: LaneWork
let messages: FromLane[] = []
let now = 0

before(async () => {
  supply = supplyOf(pocketSphinx)
  await supply.start()
  const sounds = await Promise.all(
    SENTENCES.map(async (text) => await readWav(await synthesise(text, { voice: 'rms', before: 1, after: 1 }))),
  )
  spoken = sounds.map((pcm, index) => rtpSpeech(pcm, { ssrc: index + 1 }))
  bounds = sounds.map((pcm) => ({ start: pcm.findIndex(isHeard) / 48, end: pcm.findLastIndex(isHeard) / 48 }))
})
beforeEach(() => {
  messages = []
  now = 0
  lane = laneOf(4)
})
after(() => supply.close())

test('[G40] a sentence is read while it is spoken, and its final text has the right words', async () => {
  for (const [index, sentence] of SENTENCES.entries()) {
    lane.handle({ kind: 'open', stream: index, options: { language: 'en-US', audioLevelId: 6 } })
    const said = await hear([{ stream: index, packets: spoken[index] ?? [] }])
    lane.handle({ kind: 'close', stream: index })

    const { start, end } = bounds[index] ?? assert.fail()
    const early = said.filter(({ caption, at }) => !caption.final && at < end)
    assert.ok(early.length >= 3, 'captions come while the sentence is spoken')
    assert.equal(said.filter(({ caption }) => caption.final).length, 1)
    const final = said.at(-1)?.caption ?? assert.fail()
    assert.ok(wordErrorRate(sentence, final.text) <= 0.2, final.text)
    assert.ok(Math.abs(final.startedAt - start) < 100, 'it knows when the speech began')
    assert.ok(Math.abs(final.endedAt - end) < 100, 'and when it ended')
    assert.equal(new Set(said.map(({ caption }) => caption.segmentId)).size, 1)
    assert.deepEqual(
      said.map(({ caption }) => caption.revision),
      said.map((_, revision) => revision),
    )
  }
})

for (const slots of [4, 1]) {
  test(`[G41] three who speak at once are each read under their own name, on ${slots} engine streams`, async () => {
    lane = laneOf(slots)
    const speakers = spoken.map((packets, stream) => ({ stream, packets }))
    for (const { stream } of speakers) {
      lane.handle({ kind: 'open', stream, options: { language: 'en', audioLevelId: 6 } })
    }
    const said = await hear(speakers)
    for (const { stream } of speakers) lane.handle({ kind: 'close', stream })
    for (const [index, sentence] of SENTENCES.entries()) {
      const finals = said.filter(({ stream, caption }) => stream === index && caption.final)
      assert.equal(finals.length, 1)
      assert.ok(wordErrorRate(sentence, finals[0]?.caption.text ?? '') <= 0.2)
    }
  })
}

test('[G78] where the engine cannot be had on this machine, the fall-back recognises, and readers are told', async () => {
  const second = supplyOf({ ...pocketSphinx, modelPath: '/nonexistent' }, pocketSphinx)
  await second.start()
  lane = laneOf(4, second)
  lane.handle({ kind: 'open', stream: 1, options: { language: 'en', audioLevelId: 6 } })
  const said = await hear([{ stream: 1, packets: spoken[1] ?? [] }])
  lane.close()
  assert.ok(wordErrorRate(SENTENCES[1] ?? '', said.at(-1)?.caption.text ?? '') <= 0.2)
  assert.deepEqual(
    messages.filter(({ kind }) => kind === 'status'),
    [{ kind: 'status', stream: 1, status: { status: 'degraded', reason: 'fallback_engine' } }],
  )
})

test('[G42] a stream that closes in mid-sentence says nothing more and leaves nothing', async () => {
  lane.handle({ kind: 'open', stream: 1, options: { language: 'en', audioLevelId: 6 } })
  await hear([{ stream: 1, packets: (spoken[1] ?? []).slice(0, 100) }])
  lane.handle({ kind: 'close', stream: 1 })
  const late = await hear([{ stream: 1, packets: (spoken[1] ?? []).slice(100) }])
  assert.deepEqual(late, [])
  assert.deepEqual(
    messages.findLast(({ kind }) => kind === 'holdings'),
    {
      kind: 'holdings',
      holdings: { decoders: 0, recognisers: 0 },
    },
  )
})

test('[G35] a speaker of a language without a model is refused, and costs no decoder', () => {
  lane.handle({ kind: 'open', stream: 1, options: { language: 'eo', audioLevelId: 6 } })
  assert.deepEqual(messages, [
    { kind: 'status', stream: 1, status: { status: 'failed', reason: 'language_unsupported' } },
  ])
})

test('[G392] speech in two channels of which one is inverted has the words that it has in one', async () => {
  for (const rightOfLeft of [1, -1]) {
    const packets = rtpSpeech(await spokenPcm(1), { ssrc: 9, rightOfLeft, bitrate: 64_000 })
    const text = await finalOf(packets)
    assert.ok(wordErrorRate(SENTENCES[1] ?? '', text) <= 0.2, `right = ${rightOfLeft} × left: ${text}`)
  }
})

test('[G393] speech that is 50 dB below full scale at its loudest has the words that it has at 20, and the noise of a room has none', async () => {
  const pcm = await spokenPcm(1)
  for (const { audioLevelId } of [{ audioLevelId: 6 }, { audioLevelId: undefined }]) {
    for (const peakDb of [-20, -50]) {
      const text = await finalOf(rtpSpeech(peakAt(pcm, peakDb), { ssrc: 9 }), audioLevelId)
      assert.ok(wordErrorRate(SENTENCES[1] ?? '', text) <= 0.2, `${peakDb} dB, level ${audioLevelId}: ${text}`)
    }
    for (const most of [2, 20, 40]) assert.equal(await finalOf(rtpSpeech(noise(most), { ssrc: 9 }), audioLevelId), '')
  }
})

test('[G400] speech that is 60 dB below full scale at its loudest has its words from the first one on, where its encoder kept them', async () => {
  const pcm = await spokenPcm(0)
  const text = await finalOf(rtpSpeech(peakAt(pcm, -60), { ssrc: 9, bitrate: 128_000 }))
  assert.ok(wordErrorRate(SENTENCES[0] ?? '', text) <= 0.2, text)
})

function supplyOf(engine: EngineSettings, fallback?: EngineSettings): EngineSupply {
  const sourceOf = (settings: EngineSettings) => ({ name: settings.name, create: () => createEngine(settings, 4) })
  return new EngineSupply({
    engine: sourceOf(engine),
    fallback: fallback && sourceOf(fallback),
    tally: new LaneTally(),
    clock: new SettableClock(),
    random: () => 0.5,
    changed: () => undefined,
  })
}

function laneOf(maxStreams: number, engines = supply): LaneWork {
  return new LaneWork({
    supply: engines,
    tally: new LaneTally(),
    bufferMs: 30_000,
    maxStreams,
    post: (message) => messages.push(message),
    clock: new SettableClock(),
    now: () => now,
    random: () => 0.5,
    schedule: setImmediate,
  })
}

function isHeard(sample: number): boolean {
  return Math.abs(sample) > 300
}

/** Six seconds of the noise of a room, after one in which the microphone was off. */
function noise(most: number): Int16Array {
  const random = new SeededRandom(most)
  return Int16Array.from({ length: 7 * 48_000 }, (_, at) => (at < 48_000 ? 0 : random.below(2 * most + 1) - most))
}

async function spokenPcm(sentence: number): Promise<Int16Array> {
  return await readWav(await synthesise(SENTENCES[sentence] ?? '', { voice: 'rms', before: 1, after: 1 }))
}

function peakAt(pcm: Int16Array, peakDb: number): Int16Array {
  const peak = pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
  return pcm.map((sample) => Math.round((sample / peak) * 32_767 * 10 ** (peakDb / 20)))
}

async function finalOf(packets: readonly TimedRtp[], audioLevelId: number | undefined = 6): Promise<string> {
  lane.handle({ kind: 'open', stream: 9, options: { language: 'en', audioLevelId } })
  const said = await hear([{ stream: 9, packets }])
  lane.handle({ kind: 'close', stream: 9 })
  return said.flatMap(({ caption }) => (caption.final ? [caption.text] : [])).join(' ')
}

/** Plays streams to the lane in batches as they would arrive; what it said, with the time it was said at. */
async function hear(streams: readonly { stream: number; packets: readonly TimedRtp[] }[]): Promise<Said[]> {
  const said: Said[] = []
  const until = Math.max(...streams.flatMap(({ packets }) => packets.map(({ atMs }) => atMs)))
  for (let handedAt = BATCH_MS; handedAt < until + BATCH_MS; handedAt += BATCH_MS) {
    const writer = new PacketBatchWriter()
    for (const { stream, packets } of streams) {
      const due = packets.filter(({ atMs }) => atMs > handedAt - BATCH_MS && atMs <= handedAt)
      for (const { packet, atMs } of due) writer.add(stream, atMs, packet)
    }
    now = handedAt
    const known = messages.length
    lane.handle({ kind: 'packets', batch: writer.take(), handedAt })
    const last = handedAt >= until
    for (let turns = 0; turns < (last ? 200 : 4) * streams.length; turns += 1) await nextTurn()
    for (const message of messages.slice(known)) {
      if (message.kind === 'caption') said.push({ stream: message.stream, caption: message.caption, at: handedAt })
    }
  }
  return said
}
