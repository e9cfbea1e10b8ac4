import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pcmLevel } from '../../../media-node/captions/pcm-level.ts'

test('[G71] sound is measured as RFC 6464 has it: overload is 0, a full sine is 3, half the amplitude 6 more, nothing is 127', () => {
  const sine = (amplitude: number) =>
    Int16Array.from({ length: 320 }, (_, index) => Math.round(amplitude * Math.sin((index * Math.PI) / 16)))
  assert.deepEqual(
    [new Int16Array(320).fill(-32_768), sine(32_767), sine(16_384), sine(328), new Int16Array(320)].map(pcmLevel),
    [0, 3, 9, 43, 127],
  )
})
