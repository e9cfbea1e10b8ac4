import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultResult, type Witness } from '../../chaos/fault-result.ts'

const played = { struckAt: 1_000, now: 9_000, lost: [], problems: [] }
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
  const result = faultResult({ ...played, fault: { name: 'killed', interrupts: true }, witnesses })
  assert.deepEqual(result, {
    fault: 'killed',
    exposed: 2,
    backWithin: [1_500],
    silences: [1_500, 0],
    lost: 0,
    problems: [],
  })
})

test('[Y2] a bystander who misses media is a problem, and so is anybody where a fault must interrupt nothing', () => {
  const witnesses = [witness('Ana', true, 1_500), witness('Cleo', false, 1_200)]
  const interrupting = faultResult({ ...played, fault: { name: 'killed', interrupts: true }, witnesses })
  assert.deepEqual(interrupting.problems, ['Cleo should have noticed nothing and missed 1200 ms'])
  const quiet = faultResult({ ...played, fault: { name: 'drain', interrupts: false }, witnesses })
  assert.equal(quiet.problems.length, 2)
})

test('[Y2] those who are lost count as lost, and not as long away', () => {
  const witnesses = [witness('Ana', true, 8_000), witness('Ben', true, 700)]
  const result = faultResult({ ...played, fault: { name: 'killed', interrupts: true }, witnesses, lost: ['Ana'] })
  assert.deepEqual(result.backWithin, [700])
  assert.deepEqual([result.exposed, result.lost], [2, 1])
})
