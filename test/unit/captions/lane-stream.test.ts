import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { CaptionCounter } from '../../../media-node/captions/caption-metrics.ts'
import { LaneStream } from '../../../media-node/captions/lane-stream.ts'
import { OpusDecoders } from '../../../media-node/captions/opus-decoder.ts'
import { parseRtpPacket } from '../../../media-node/captions/rtp-packet.ts'
import { HANG_OVER_MS, PRE_ROLL_MS } from '../../../media-node/captions/speech-gate.ts'
import { SeededRandom } from '../../seeded-random.ts'
import { rtpSpeech, type TimedRtp } from '../../speech/rtp-speech.ts'
import { independentSound } from './independent-decoder.ts'
import { hiss, joined, silence, speechLike } from './speech-like.ts'

type Utterance = { startedAt: number; pcm: Int16Array; chunks: number[]; heardUntil: number; ended: boolean }

const LEVEL_ID = 6
const TRAVEL_MS = 35
const PACKET_MS = 20
/** A second of silence, a second of speech, a second of silence. */
let packets: TimedRtp[] = []
/** What a decoder gives that hears from the pre-roll to the end of the hang-over. */
let expected: Int16Array = new Int16Array()

const options = { ssrc: 1, firstSequenceNumber: 65_500, firstTimestamp: 2 ** 32 - 50_000, bitrate: 16_000 }
/** Speech is noticed with its second packet. */
const firstHeard = (1_000 + PACKET_MS - PRE_ROLL_MS) / PACKET_MS
const lastHeard = 2_000 / PACKET_MS + Math.ceil(HANG_OVER_MS / PACKET_MS)

before(async () => {
  packets = rtpSpeech(joined(silence(1), speechLike(1, 4), silence(1)), options)
  expected = await independentSound(payloads(packets.slice(firstHeard, lastHeard)))
})

test('[G14] all that is said reaches the engine, from 300 ms before it is noticed to the end of the hang-over, sample for sample', () => {
  const heard = listener()
  heard.arrive(packets)
  const [utterance, ...others] = heard.utterances
  assert.equal(others.length, 0)
  assert.ok(utterance?.ended)
  assertSameSound(utterance.pcm, expected)
  assert.deepEqual(new Set(utterance.chunks.slice(1, -1)), new Set([1600]), 'chunks of 100 ms')
})

test('[G14] a later utterance is heard as the first one, whatever was decoded before', async () => {
  const twice = joined(hiss(1, 1), speechLike(1, 9), hiss(1, 2), speechLike(1, 4), hiss(1, 3))
  const sent = rtpSpeech(twice, options)
  const heard = listener()
  heard.arrive(sent)
  const second = sent.slice(firstHeard + 100, lastHeard + 100)
  assertSameSound(heard.utterances[1]?.pcm, await independentSound(payloads(second)))
})

test('[G309] a stream that finishes in mid-word ends the utterance with its last sample, after a packet that is missing too', () => {
  const heard = listener()
  const [last, beforeLast, ...others] = packets.slice(0, lastHeard - 40).reverse()
  if (last === undefined || beforeLast === undefined) assert.fail()
  heard.arrive([...others.reverse(), last])
  assert.equal(heard.utterances[0]?.ended, false)
  heard.finish()
  const [{ pcm, ended } = assert.fail()] = heard.utterances
  assert.deepEqual([ended, heard.counts.get('packets_lost')], [true, 1])
  assert.equal(pcm.length, (lastHeard - 40 - firstHeard) * PACKET_MS * 16)
})

test('[G15] packets out of order and twice give the same sound', () => {
  const random = new SeededRandom(2)
  const shuffled = packets.flatMap((packet) => (random.below(4) === 0 ? [packet, packet] : [packet]))
  for (let at = 0; at + 1 < shuffled.length; at += 3) shuffled.splice(at, 2, ...shuffled.slice(at, at + 2).reverse())
  const heard = listener()
  heard.arrive(shuffled)
  assertSameSound(heard.utterances[0]?.pcm, expected)
})

test('[G16] lost packets take no time away: what follows stays in its place', () => {
  const heard = listener()
  heard.arrive(packets.filter((_, index) => ![60, 61, 62, 75, 76, 77, 78, 79, 80, 81].includes(index)))
  const [utterance] = heard.utterances
  assert.equal(utterance?.pcm.length, expected.length)
  assert.equal(heard.counts.get('packets_lost'), 10)
  const pcm = utterance?.pcm ?? assert.fail()
  assert.ok(correlation(pcm.slice(-8_000), expected.slice(-8_000)) > 0.95)
  const firstLost = (60 - firstHeard) * 16 * PACKET_MS
  assert.ok(correlation(pcm.slice(firstLost, firstLost + 320), expected.slice(firstLost, firstLost + 320)) > 0.5)
})

test('[G16] where the sender paused without packets there is silence as long as the pause', () => {
  const spoken = rtpSpeech(
    joined(silence(0.5), speechLike(0.5, 3), silence(0.16), speechLike(0.5, 3), silence(1)),
    options,
  )
  const quiet = { from: 1_000 / PACKET_MS, to: 1_160 / PACKET_MS }
  const sent = spoken.filter((_, index) => index < quiet.from || index >= quiet.to)
  for (const [index, { packet }] of sent.entries()) packet.writeUInt16BE(index, 2)
  const heard = listener()
  heard.arrive(sent)
  const [utterance, ...others] = heard.utterances
  assert.equal(others.length, 0)
  const from = 16 * (PRE_ROLL_MS - PACKET_MS) + 16 * 500
  assert.ok(utterance?.pcm.subarray(from, from + 16 * 160).every((sample) => sample === 0))
})

test('[G16] a pause without packets that is longer than the hang-over ends the utterance, and the rest of it is not heard', () => {
  const heard = listener()
  heard.arrive(packets.slice(0, 90))
  const later = rtpSpeech(joined(speechLike(0.5, 4), silence(1)), {
    ...options,
    firstSequenceNumber: 65_590,
    firstTimestamp: options.firstTimestamp + 48 * 3_000 - 2 ** 32,
  })
  heard.arrive(later.map(({ packet, atMs }) => ({ packet, atMs: atMs + 3_000 })))
  assert.deepEqual(
    heard.utterances.map(({ ended }) => ended),
    [true, true],
  )
  const spokenMs = 1_800 - (1_000 + PACKET_MS - PRE_ROLL_MS)
  assert.ok((heard.utterances[0]?.pcm.length ?? 0) / 16 <= spokenMs + HANG_OVER_MS + PACKET_MS)
})

test('[G17] speech whose packets stop coming ends: soon after a pause, and after a second in mid-word', () => {
  const pausing = listener()
  pausing.arrive(packets.slice(0, 105))
  pausing.tick(280)
  assert.equal(pausing.utterances[0]?.ended, false)
  pausing.tick(40)
  assert.equal(pausing.utterances[0]?.ended, true)

  const speaking = listener()
  speaking.arrive(packets.slice(0, 90))
  speaking.tick(960)
  assert.equal(speaking.utterances[0]?.ended, false)
  speaking.tick(40)
  assert.equal(speaking.utterances[0]?.ended, true)
})

test('[G12] an utterance knows when it began and when its last sound was captured', () => {
  const heard = listener()
  heard.arrive(packets)
  const [utterance] = heard.utterances
  assert.ok(Math.abs((utterance?.startedAt ?? 0) - (1_000 + TRAVEL_MS)) <= 2 * PACKET_MS)
  assert.ok(Math.abs((utterance?.heardUntil ?? 0) - (2_000 + TRAVEL_MS)) <= PACKET_MS)
})

test('[G8] a source that begins anew begins a new utterance, with times of its own', () => {
  const heard = listener()
  heard.arrive(packets.slice(0, 80))
  const anew = rtpSpeech(joined(speechLike(1, 4), silence(1)), { ...options, ssrc: 2, firstTimestamp: 7 })
  heard.arrive(anew.map(({ packet, atMs }) => ({ packet, atMs: atMs + 1_600 })))
  assert.deepEqual(
    heard.utterances.map(({ ended }) => ended),
    [true, true],
  )
  assert.ok(Math.abs((heard.utterances[1]?.startedAt ?? 0) - (1_600 + TRAVEL_MS)) <= 2 * PACKET_MS)
})

test('[G18] while nothing is said nothing is decoded and nothing reaches the engine', () => {
  const heard = listener()
  heard.arrive(rtpSpeech(silence(5), options))
  assert.deepEqual(heard.utterances, [])
  assert.equal(heard.counts.get('audio_received_ms'), 5_000)
})

test('[G71] a stream whose sender states no level is heard sample for sample like others, and its silence is not', async () => {
  const sent = rtpSpeech(joined(hiss(1, 1), speechLike(1, 9), hiss(1, 2), speechLike(1, 4), hiss(1, 3)), options)
  const heard = listener({ levels: false })
  heard.arrive(sent)
  assert.equal(heard.utterances.length, 2)
  for (const [index, { pcm, ended }] of heard.utterances.entries()) {
    assert.ok(ended)
    const first = firstHeard + 100 * index
    const smearedPackets = (pcm.length - expected.length) / (16 * PACKET_MS)
    assert.ok(smearedPackets >= 0 && smearedPackets <= 2, 'as long, but for what Opus draws out')
    assertSameSound(pcm, await independentSound(payloads(sent.slice(first, first + pcm.length / (16 * PACKET_MS)))))
  }
  const quiet = listener({ levels: false })
  quiet.arrive(rtpSpeech(hiss(5, 1), options))
  assert.deepEqual(quiet.utterances, [])
})

test('[G6] garbled packets are counted, and the speech between them is heard whole', () => {
  const heard = listener()
  const rubbish = { packet: Buffer.from('not a packet at all'), atMs: 0 }
  heard.arrive(packets.flatMap((packet) => [{ ...rubbish, atMs: packet.atMs }, packet]))
  assert.equal(heard.counts.get('packets_malformed'), packets.length)
  assertSameSound(heard.utterances[0]?.pcm, expected)
})

function listener({ levels = true } = {}) {
  const utterances: Utterance[] = []
  const counts = new Map<CaptionCounter, number>()
  const stream = new LaneStream({
    decoder: new OpusDecoders().open() ?? assert.fail(),
    audioLevelId: levels ? LEVEL_ID : undefined,
    count: (counter, by) => counts.set(counter, (counts.get(counter) ?? 0) + by),
    sink: {
      begin: (startedAt) =>
        utterances.push({ startedAt, pcm: new Int16Array(), chunks: [], heardUntil: startedAt, ended: false }),
      write: ({ pcm, heardUntil }) => {
        const utterance = utterances.at(-1) ?? assert.fail('sound without an utterance')
        utterance.pcm = joined(utterance.pcm, pcm)
        utterance.chunks.push(pcm.length)
        utterance.heardUntil = heardUntil
      },
      end: () => {
        const utterance = utterances.at(-1) ?? assert.fail()
        utterance.ended = true
      },
    },
  })
  let now = 0
  return {
    utterances,
    counts,
    arrive(arriving: readonly TimedRtp[]): void {
      for (const { packet, atMs } of arriving) {
        now = atMs + TRAVEL_MS
        stream.push(packet, { arrivedAt: now, handedAt: now })
      }
    },
    finish: () => stream.finish(),
    tick(milliseconds: number): void {
      for (let passed = 0; passed < milliseconds; passed += 40) {
        now += 40
        stream.tick({ now, everyMs: 40 })
      }
    },
  }
}

function payloads(sent: readonly TimedRtp[]): Uint8Array[] {
  return sent.map(({ packet }) => parseRtpPacket(packet, LEVEL_ID)?.payload ?? assert.fail())
}

/** Tells where two sounds part, instead of printing both. */
function assertSameSound(actual: Int16Array | undefined, expected: Int16Array): void {
  assert.equal(actual?.length, expected.length)
  assert.equal(
    actual?.findIndex((sample, at) => sample !== expected[at]),
    -1,
  )
}

function correlation(one: Int16Array, other: Int16Array): number {
  const product = (a: Int16Array, b: Int16Array) => a.reduce((sum, sample, at) => sum + sample * (b[at] ?? 0), 0)
  return product(one, other) / Math.sqrt(product(one, one) * product(other, other))
}
