import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Upsampler } from '../../../media-node/captions/engines/upsampler.ts'
import { SeededRandom } from '../../seeded-random.ts'

/** Samples at the ends in which the filter has not all of the tone. */
const EDGE = 200

for (const frequency of [100, 1_000, 3_400, 7_000]) {
  test(`[G83] a tone of ${frequency} Hz is the same tone at 24 kHz, with nothing beside it`, () => {
    const upsampler = new Upsampler()
    const output = [...upsampler.process(tone(frequency, 16_000, 8_000)), ...upsampler.flush()].slice(EDGE, -EDGE)
    const { level, rest } = fit(output, frequency, 24_000)
    assert.ok(Math.abs(decibels(level / 10_000)) < 0.1, `${level}`)
    assert.ok(decibels(rest / 10_000) < -70, `${rest}`)
  })
}

test('[G83] how sound is cut into chunks does not matter, and none is lost', () => {
  const pcm = tone(440, 16_000, 4_801)
  const whole = new Upsampler()
  const random = new SeededRandom(1)
  const expected = [...whole.process(pcm), ...whole.flush()]
  const cut = new Upsampler()
  const pieces: number[] = []
  for (let at = 0; at < pcm.length; ) {
    const next = Math.min(pcm.length, at + random.below(500))
    pieces.push(...cut.process(pcm.subarray(at, next)))
    at = next
  }
  pieces.push(...cut.flush())
  assert.deepEqual(pieces, expected)
  assert.ok(expected.length >= 1.5 * pcm.length && expected.length <= 1.5 * pcm.length + 96)
  assert.deepEqual([...cut.process(pcm), ...cut.flush()], expected)
})

test('[G83] the loudest sound does not wrap around', () => {
  const square = Int16Array.from({ length: 1_600 }, (_, index) => (index % 32 < 16 ? 32_767 : -32_768))
  const output = new Upsampler().process(square)
  assert.ok(output.includes(32_767) && output.includes(-32_768))
  assert.ok(output.every((sample, index) => index === 0 || Math.abs(sample - (output[index - 1] ?? 0)) < 60_000))
})

function tone(frequency: number, rate: number, length: number): Int16Array {
  return Int16Array.from({ length }, (_, index) => 10_000 * Math.sin((2 * Math.PI * frequency * index) / rate))
}

/** The amplitude of a frequency in the samples, and the root mean square of what is left without it. */
function fit(samples: readonly number[], frequency: number, rate: number): { level: number; rest: number } {
  const angle = (index: number) => (2 * Math.PI * frequency * index) / rate
  const whole = Math.floor((samples.length * frequency) / rate) * (rate / frequency)
  const used = samples.slice(0, Math.round(whole))
  const mean = (of: (index: number) => number) =>
    used.reduce((sum, sample, index) => sum + sample * of(index), 0) / used.length
  const [inPhase, outOfPhase] = [
    2 * mean((index) => Math.sin(angle(index))),
    2 * mean((index) => Math.cos(angle(index))),
  ]
  const left = used.map(
    (sample, index) => sample - inPhase * Math.sin(angle(index)) - outOfPhase * Math.cos(angle(index)),
  )
  return {
    level: Math.hypot(inPhase, outOfPhase),
    rest: Math.sqrt(left.reduce((sum, sample) => sum + sample ** 2, 0) / left.length),
  }
}

const decibels = (ratio: number) => 20 * Math.log10(ratio)
