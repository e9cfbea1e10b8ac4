import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_GAIN_DB, SpeechGain } from '../../../media-node/captions/speech-gain.ts'
import { PRE_ROLL_MS } from '../../../media-node/captions/speech-gate.ts'

const PACKET_MS = 20
const SILENT = 127

test('[G388] a quiet speaker gets as much gain as brings them to an ordinary level, and never more than the bound', () => {
  assert.equal(gainOf(sentence(60, 90)), 30)
  assert.equal(gainOf(sentence(45, 90)), 15)
  assert.equal(gainOf(sentence(70, 94)), MAX_GAIN_DB)
  assert.equal(gainOf([...sentence(60, 90), ...sentence(25, 90)]), 0, 'who gets loud is followed at once')
})

test('[G388] speech of ordinary level is left as it is', () => {
  assert.deepEqual(new Set(gainsOf([...sentence(22, 80), ...sentence(28, 80)])), new Set([0]))
})

test('[G389] noise, a click and a microphone that is switched on get no gain, and noise beside speech no more than a room may have', () => {
  const noise = (level: number) => Array.from({ length: 500 }, (_, at) => level + (at % 5) - 2)
  for (const level of [85, 70, 60]) assert.deepEqual(new Set(gainsOf(noise(level))), new Set([0]))
  assert.deepEqual(new Set(gainsOf([...noise(89), ...noise(70)])), new Set([0]), 'noise that sets in')
  assert.deepEqual(new Set(gainsOf([...noise(85), 60, 60, 60, ...noise(85)])), new Set([0]))
  const muted = Array.from({ length: 500 }, () => SILENT)
  assert.deepEqual(new Set(gainsOf([...noise(65), ...muted, ...noise(65)])), new Set([0]))
  assert.equal(gainOf(sentence(50, 75)), 15)
})

test('[G399] speech after pauses that noise suppression made nearly silent has its gain before the pre-roll of its first word is over', () => {
  const onset = [107, 97, 96, 77, 72, 71, 70, 71, 72, 77, 79, 75, 77, 87, 98]
  const gains = gainsOf([...Array.from({ length: 50 }, () => SILENT), ...onset])
  const heardFrom = 50 + onset.indexOf(77)
  const gainedAfter = (gains.findIndex((gain) => gain > 0) - heardFrom) * PACKET_MS
  assert.ok(gainedAfter > 0 && gainedAfter < PRE_ROLL_MS, `after ${gainedAfter} ms`)
  assert.equal(Math.round(gains.at(-1) ?? 0), MAX_GAIN_DB)
})

test('[G401] a noise that fades in where nothing was heard gets no gain', () => {
  const noise = Array.from({ length: 500 }, (_, at) => 72 + (at % 5) - 2)
  for (const fade of [
    [105, 98, 90, 80, 75],
    [110, 106, 102, 98, 94, 90, 86, 82, 79, 77, 75, 74, 73],
  ]) {
    assert.deepEqual(new Set(gainsOf([SILENT, SILENT, ...fade, ...noise])), new Set([0]))
  }
})

/** A second of the room's noise, a second of speech in syllables, and a packet of noise. */
function sentence(speech: number, room: number): number[] {
  const quiet = Array.from({ length: 50 }, () => room)
  const syllables = Array.from({ length: 50 }, (_, at) =>
    at % 10 < 8 ? ([speech, speech + 9, speech + 4, speech + 2][at % 4] ?? room) : room,
  )
  return [...quiet, ...syllables, room]
}

function gainsOf(levels: readonly number[]): number[] {
  const gain = new SpeechGain()
  return levels.map((level) => gain.next(level, PACKET_MS))
}

function gainOf(levels: readonly number[]): number {
  return Math.round(gainsOf(levels).at(-1) ?? 0)
}
