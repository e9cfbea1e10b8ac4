import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OpusDecoders } from '../../../media-node/captions/opus-decoder.ts'
import { opusConcealment, opusPacketSamples } from '../../../media-node/captions/opus-packet.ts'
import { OpusEncoder } from '../../speech/opus-encoder.ts'
import { speechLike } from './speech-like.ts'

test('[G9] a packet says how long it is, from 2.5 to 120 ms, and longer ones are refused', () => {
  const lengths: [number[], number | undefined][] = [
    [[0x00], 480],
    [[0x18], 2880],
    [[0x60], 480],
    [[0x78], 960],
    [[0x80], 120],
    [[0xf9], 1920],
    [[0xfb, 6], 5760],
    [[0xfb, 7], undefined],
    [[0xfb, 0], undefined],
    [[0xfb], undefined],
    [[0x1b, 2], 5760],
    [[], undefined],
  ]
  for (const [bytes, samples] of lengths) assert.equal(opusPacketSamples(Uint8Array.from(bytes)), samples)
})

test('[G9] concealment is as long as one of the frames in the packet before', () => {
  for (const milliseconds of [10, 20, 40, 60]) {
    const frame = speechLike(milliseconds / 1000, 1)
    const packet = new OpusEncoder({ bitrate: 16_000 }).encode(frame)
    const decoder = new OpusDecoders().open() ?? assert.fail()
    assert.equal(decoder.decode(packet)?.length, 16 * milliseconds)
    const concealed = decoder.decode(opusConcealment(packet))?.length ?? assert.fail()
    assert.equal(concealed, (opusPacketSamples(opusConcealment(packet)) ?? 0) / 3)
    assert.ok(concealed > 0 && (16 * milliseconds) % concealed === 0)
  }
})
