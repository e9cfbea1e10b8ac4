import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LossyDirection } from '../../bench/loss/lossy-direction.ts'
import { CONDITIONS, OUTAGE_MS, type WireCondition } from '../../bench/loss/wire-condition.ts'

const DELAY_MS = 20
const PACKET_MS = 20
const PACKETS = 100_000

test('[X1] a lossy wire loses the part it is told to, at random or in outages, and the same with the same seed', () => {
  for (const name of ['0', '2', '5', '10', '2b', '5b', '10b']) {
    const condition = conditionOf(name)
    const fates = send(condition)
    const lost = fates.filter((fate) => fate === undefined).length / PACKETS
    assert.ok(Math.abs(lost - condition.loss) < 0.1 * condition.loss + 1e-9, `${name}: ${lost}`)
    assert.deepEqual(send(condition), fates)
  }
})

test('[X1] an outage loses packets one after the other, and random loss mostly single ones', () => {
  const outage = meanRun(send(conditionOf('5b')))
  assert.ok(outage > OUTAGE_MS / PACKET_MS && outage < (1.5 * OUTAGE_MS) / PACKET_MS, `${outage}`)
  assert.ok(meanRun(send(conditionOf('5'))) < 1.1)
})

test('[X1] jitter delays each packet by itself, never below what the wire takes', () => {
  const delays = send(conditionOf('j')).map((delay) => delay ?? Number.NaN)
  assert.ok(Math.min(...delays.slice(0, 10_000)) >= DELAY_MS)
  const mean = delays.reduce((sum, delay) => sum + delay, 0) / PACKETS
  assert.ok(Math.abs(mean - DELAY_MS - 50) < 1, `${mean}`)
})

function conditionOf(name: string): WireCondition {
  return CONDITIONS[name] ?? assert.fail()
}

function send(condition: WireCondition): (number | undefined)[] {
  const wire = new LossyDirection(7, DELAY_MS)
  return Array.from({ length: PACKETS }, (_, packet) => wire.next(condition, packet * PACKET_MS))
}

/** How many packets are lost in a row, on average. */
function meanRun(fates: readonly (number | undefined)[]): number {
  const runs = fates.filter((fate, index) => fate === undefined && fates[index - 1] !== undefined).length
  return fates.filter((fate) => fate === undefined).length / runs
}
