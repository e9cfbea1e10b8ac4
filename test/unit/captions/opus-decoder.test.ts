import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { MAX_DECODERS, type OpusDecoder, OpusDecoders } from '../../../media-node/captions/opus-decoder.ts'
import { pcmLevel } from '../../../media-node/captions/pcm-level.ts'
import { SeededRandom } from '../../seeded-random.ts'
import { OpusEncoder } from '../../speech/opus-encoder.ts'
import { decodedIndependently } from './independent-decoder.ts'
import { speechLike } from './speech-like.ts'

type Recording = { readonly packets: readonly Uint8Array[]; readonly pcm: readonly Int16Array[] }
type Listener = { readonly decoder: OpusDecoder; readonly recording: Recording; at: number }

const FRAME = 960
/** At these bit rates libopus codes the sound as SILK, as hybrid and, from the third on, as CELT. */
const BIT_RATES = [12_000, 16_000, 32_000, 64_000]
let recordings: readonly Recording[]

before(() => {
  recordings = Array.from({ length: 12 }, (_, index) => {
    const packets = record(index + 1, BIT_RATES[index % BIT_RATES.length] ?? 0)
    return { packets, pcm: decodedIndependently(packets) }
  })
})

test('[G1] three hundred decoders, opened and closed in random order, decode sample for sample as an independent one', () => {
  decodeWithChurn(recordings, 40_000)
})

test('[G2] a decoder that was reset decodes as a new one', () => {
  const decoder = new OpusDecoders().open() ?? assert.fail()
  const [first, second] = recordings
  assert.ok(first && second)
  for (const packet of first.packets) decoder.decode(packet)
  decoder.reset()
  assert.deepEqual(
    second.packets.map((packet) => decoder.decode(packet)?.slice()),
    second.pcm,
  )
})

test('[G390] a decoder with gain is louder by as much, and without it again bit for bit what it was', () => {
  const decoder = new OpusDecoders().open() ?? assert.fail()
  const [recording] = recordings
  assert.ok(recording)
  const levels = (gainDb: number) => {
    decoder.reset()
    decoder.amplify(gainDb)
    return recording.packets.map((packet) => pcmLevel(decoder.decode(packet) ?? assert.fail()))
  }
  const before = levels(-20)
  assert.ok(levels(-10).every((level, at) => Math.abs(level - (before[at] ?? 0) + 10) <= 1))
  decoder.reset()
  decoder.amplify(0)
  assert.deepEqual(
    recording.packets.map((packet) => decoder.decode(packet)?.slice()),
    recording.pcm,
  )
})

test('[G3] what is not Opus gives nothing, and leaves the other decoders alone', () => {
  const random = new SeededRandom(3)
  const decoders = new OpusDecoders()
  const [recording] = recordings
  const [deceived, other] = [decoders.open(), decoders.open()]
  assert.ok(deceived && other && recording)
  for (const [index, packet] of recording.packets.entries()) {
    for (let times = 0; times < 40; times += 1) {
      const rubbish = Uint8Array.from({ length: random.below(300) }, () => random.below(256))
      const pcm = deceived.decode(rubbish)
      assert.ok(pcm === undefined || pcm.length <= 1920)
    }
    assert.deepEqual(other.decode(packet), recording.pcm[index])
  }
  for (const wrong of [new Uint8Array(0), new Uint8Array(10_000), Uint8Array.of(0xff), Uint8Array.of(0x03, 0x3f)]) {
    assert.equal(deceived.decode(wrong), undefined)
  }
})

test('[G4] a thread has no more decoders than it may, and a closed one makes room', () => {
  const decoders = new OpusDecoders()
  const open = Array.from({ length: MAX_DECODERS }, () => decoders.open())
  assert.ok(open.every((decoder) => decoder !== undefined))
  assert.equal(decoders.open(), undefined)
  open[0]?.close()
  open[0]?.close()
  assert.equal(decoders.alive, MAX_DECODERS - 1)
  assert.ok(decoders.open())
  assert.equal(open[0]?.decode(Uint8Array.of(0x78, 0, 0)), undefined, 'a closed decoder decodes nothing')
})

function decodeWithChurn(recordings: readonly Recording[], steps: number): void {
  const random = new SeededRandom(7)
  const decoders = new OpusDecoders()
  const listeners = Array.from({ length: 300 }, () => listen(decoders, recordings, random))
  for (let step = 0; step < steps; step += 1) {
    const index = random.below(listeners.length)
    const listener = listeners[index] ?? assert.fail()
    const packet = listener.recording.packets[listener.at]
    if (packet === undefined || random.below(100) === 0) {
      listener.decoder.close()
      listeners[index] = listen(decoders, recordings, random)
      continue
    }
    assert.deepEqual(listener.decoder.decode(packet), listener.recording.pcm[listener.at])
    listener.at += 1
  }
  assert.equal(decoders.alive, 300)
  for (const { decoder } of listeners) decoder.close()
  assert.equal(decoders.alive, 0)
}

function listen(decoders: OpusDecoders, recordings: readonly Recording[], random: SeededRandom): Listener {
  const decoder = decoders.open() ?? assert.fail('no decoder is left')
  return { decoder, recording: recordings[random.below(recordings.length)] ?? assert.fail(), at: 0 }
}

function record(seed: number, bitrate: number): Uint8Array[] {
  const encoder = new OpusEncoder({ bitrate })
  const sound = speechLike(1.2, seed)
  return Array.from({ length: sound.length / FRAME }, (_, frame) =>
    encoder.encode(sound.subarray(frame * FRAME, (frame + 1) * FRAME)),
  )
}
