import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultResult, verdictOf, type Witness } from '../../chaos/fault-result.ts'

const calm = { free: 0.5, product: 0.1, foreign: 0, lateMs: 2 }
const played = { struckAt: 1_000, now: 9_000, lost: [], problems: [], calm, foreign: 0 }
const witness = (name: string, isExposed: boolean, missedMs: number): Witness => ({
  name,
  isExposed,
  stalls: [],
  ways: [
    {
      participantId: 'ana',
      source: 'microphone',
      last: 9_000,
      gaps: missedMs > 0 ? [{ from: 1_000, to: 1_000 + missedMs }] : [],
    },
  ],
})

test('[Y2] how long it took is told of those who had to do with the fault and missed something', () => {
  const witnesses = [witness('Ana', true, 1_500), witness('Ben', true, 0), witness('Cleo', false, 0)]
  const result = faultResult({ ...played, fault: { name: 'killed', interrupts: 9_000 }, witnesses })
  assert.deepEqual(result, {
    fault: 'killed',
    allowedMs: 9_000,
    exposed: 2,
    backWithin: [1_500],
    silences: [1_500, 0],
    lost: 0,
    problems: [],
    calm,
  })
})

test('[Y2] a bystander who misses media is a problem, and so is anybody where a fault must interrupt nothing', () => {
  const witnesses = [witness('Ana', true, 1_500), witness('Cleo', false, 1_200)]
  const interrupting = faultResult({ ...played, fault: { name: 'killed', interrupts: 9_000 }, witnesses })
  assert.deepEqual(interrupting.problems, ['Cleo should have noticed nothing and missed 1200 ms'])
  const quiet = faultResult({ ...played, fault: { name: 'drain', interrupts: false }, witnesses })
  assert.equal(quiet.problems.length, 2)
})

test('[Y2] those who are lost count as lost, and not as long away', () => {
  const witnesses = [witness('Ana', true, 8_000), witness('Ben', true, 700)]
  const result = faultResult({ ...played, fault: { name: 'killed', interrupts: 9_000 }, witnesses, lost: ['Ana'] })
  assert.deepEqual(result.backWithin, [700])
  assert.deepEqual([result.exposed, result.lost], [2, 1])
})

test('[Y17] nobody may be interrupted for longer than the fault allows', () => {
  const witnesses = [witness('Ana', true, 4_001), witness('Ben', true, 4_000)]
  const { problems } = faultResult({ ...played, fault: { name: 'killed', interrupts: 4_000 }, witnesses })
  assert.deepEqual(problems, ['Ana missed 4001 ms, and 4000 at most are allowed'])
})

test('[Y15] a fault for which the machine had no room is invalid, whatever came of it', () => {
  const fault = { name: 'killed', interrupts: 4_000 }
  const starved = { ...played, fault, witnesses: [], calm: { ...calm, free: 0.05 } }
  assert.equal(verdictOf(faultResult(starved)), 'invalid')
  assert.equal(verdictOf(faultResult({ ...starved, problems: ['a caption is lost'] })), 'invalid')
  assert.equal(verdictOf(faultResult({ ...starved, calm })), 'ok')
  assert.equal(verdictOf(faultResult({ ...starved, calm, problems: ['a caption is lost'] })), 'wrong')
})

test('[Y16] a product that takes the processors while nothing happens is wrong, not the machine too small', () => {
  const fault = { name: 'killed', interrupts: 4_000 }
  const spinning = { free: 0, product: 0.9, foreign: 0, lateMs: 200 }
  const result = faultResult({ ...played, fault, witnesses: [], calm: spinning })
  assert.equal(verdictOf(result), 'wrong')
  assert.deepEqual(result.problems, [
    'control plane and media nodes took 90 % of the processors while nothing happened',
  ])
})
