import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GateStep, HANG_OVER_MS, SpeechGate } from '../../../media-node/captions/speech-gate.ts'

const PACKET_MS = 20
const SILENT = 127

test('[G11] speech begins with the second loud packet and ends after the hang-over', () => {
  const gate = new SpeechGate()
  assert.deepEqual(steps(gate, [SILENT, 104, 25, 25, 30]), ['silence', 'silence', 'silence', 'begin', 'speech'])
  const pause = steps(
    gate,
    Array.from({ length: Math.ceil(HANG_OVER_MS / PACKET_MS) }, () => 90),
  )
  assert.deepEqual(
    pause.slice(0, -1).filter((step) => step !== 'speech'),
    [],
  )
  assert.equal(pause.at(-1), 'end')
})

test('[G11] a click is not speech', () => {
  const gate = new SpeechGate()
  assert.deepEqual(new Set(steps(gate, [SILENT, 10, SILENT, SILENT, 10, SILENT])), new Set(['silence']))
})

test('[G11] a pause shorter than the hang-over does not end speech', () => {
  const gate = new SpeechGate()
  const pause = Array.from({ length: 10 }, () => 80)
  assert.ok(!steps(gate, [20, 20, ...pause, 20, ...pause, 20]).includes('end'))
})

test('[G11] a noise that goes on becomes the silence of the room, above which speech is still heard', () => {
  const gate = new SpeechGate()
  steps(
    gate,
    Array.from({ length: 1_500 }, () => 44),
  )
  assert.ok(
    steps(
      gate,
      Array.from({ length: 500 }, () => 44),
    ).every((step) => step === 'silence'),
  )
  assert.ok(steps(gate, [22, 22]).includes('begin'))
})

test('[G11] who talks on and on is cut into portions, at a short pause if there is one', () => {
  const gate = new SpeechGate()
  const sentence = [...Array.from({ length: 200 }, () => 20), ...Array.from({ length: 8 }, () => 80)]
  assert.equal(steps(gate, [...sentence, ...sentence]).indexOf('end'), 200 + 8 + 200 + 6)
  const endless = steps(
    new SpeechGate(),
    Array.from({ length: 1_100 }, () => 20),
  )
  assert.deepEqual([endless.indexOf('end'), endless.lastIndexOf('begin')], [999, 1001])
})

function steps(gate: SpeechGate, levels: readonly number[]): GateStep[] {
  return levels.map((level) => gate.next(level, PACKET_MS))
}
