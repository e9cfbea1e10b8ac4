import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_DECODERS, OpusDecoders } from '../../../media-node/captions/opus-decoder.ts'
import { pcmLevel } from '../../../media-node/captions/pcm-level.ts'
import { OpusEncoder } from '../../speech/opus-encoder.ts'
import { decodedIndependently } from './independent-decoder.ts'
import { joined, speechLike } from './speech-like.ts'

const FRAME = 2 * 960

test('[G385] two channels of which one is the other inverted do not cancel each other, nor do two unlike ones', () => {
  for (const [left, right] of [
    [1, -1],
    [-0.5, 1],
    [1, -0.6],
  ] as const) {
    const sound = decoded(packetsOf(left, right))
    assert.ok(Math.abs(pcmLevel(sound) - pcmLevel(decoded(packetsOf(1, 1)))) <= 2, `${left} ${right}`)
  }
})

test('[G386] two channels that agree, and one alone, sound as they did', () => {
  for (const [left, right] of [
    [1, 1],
    [1, 0],
    [0.7, 1],
  ] as const) {
    const packets = packetsOf(left, right)
    const independent = joined(...decodedIndependently(packets))
    const ours = decoded(packets)
    assert.equal(ours.length, independent.length)
    assert.ok(differenceOf(ours, independent) < 0.01, `${left} ${right}: ${differenceOf(ours, independent)}`)
  }
})

test('[G387] the decoders of two channels count among those of their thread, and without room for one libopus adds the channels', () => {
  const decoders = new OpusDecoders()
  const open = Array.from({ length: MAX_DECODERS - 1 }, () => decoders.open() ?? assert.fail())
  const [packet] = packetsOf(1, 1)
  assert.ok(open[0] && open[1] && packet)
  assert.equal(open[0].decode(packet)?.length, 320)
  assert.equal(decoders.alive, MAX_DECODERS)
  assert.equal(open[1].decode(packet)?.length, 320)
  open[0].close()
  assert.equal(decoders.alive, MAX_DECODERS - 2)
})

function packetsOf(left: number, right: number): Uint8Array[] {
  const encoder = new OpusEncoder({ bitrate: 64_000, channels: 2 })
  const voice = speechLike(1, 3)
  const sound = Int16Array.from(
    { length: 2 * voice.length },
    (_, at) => (voice[at >> 1] ?? 0) * (at % 2 ? right : left),
  )
  return Array.from({ length: sound.length / FRAME }, (_, at) =>
    encoder.encode(sound.subarray(at * FRAME, (at + 1) * FRAME)),
  )
}

function decoded(packets: readonly Uint8Array[]): Int16Array {
  const decoder = new OpusDecoders().open() ?? assert.fail()
  return joined(...packets.map((packet) => decoder.decode(packet)?.slice() ?? assert.fail()))
}

/** The energy of the difference, as a share of the sound's own. */
function differenceOf(sound: Int16Array, other: Int16Array): number {
  const energy = (of: readonly number[]) => of.reduce((sum, sample) => sum + sample * sample, 0)
  return energy([...sound].map((sample, at) => sample - (other[at] ?? 0))) / energy([...other])
}
