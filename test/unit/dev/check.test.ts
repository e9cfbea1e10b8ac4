import assert from 'node:assert/strict'
import { test } from 'node:test'
import { selectSteps } from '../../../dev/check-selection.ts'
import { STEPS } from '../../../dev/check-steps.mjs'
import { readTestCounts } from '../../../dev/test-counts.ts'

test('[T1] without words every step runs, with every test', () => {
  const { steps, wants, isFiltered } = selectSteps([])
  assert.deepEqual(steps, STEPS)
  assert.equal(wants('test/unit/any.test.ts'), true)
  assert.equal(isFiltered, false)
})

test('[T1] names of steps pick steps, in the order in which they always run', () => {
  assert.deepEqual(selectSteps(['unit', 'types']).steps, ['types', 'unit'])
})

test('[T1] any other word picks test files by their path', () => {
  const { steps, wants, isFiltered } = selectSteps(['unit', 'captions'])
  assert.deepEqual(steps, ['unit'])
  assert.equal(isFiltered, true)
  assert.equal(wants('test/unit/media-node/captions/gate.test.ts'), true)
  assert.equal(wants('test/unit/media-node/sfu/room.test.ts'), false)
})

test('[T1] an option is refused by name', () => {
  assert.throws(() => selectSteps(['--watch']), /--watch/)
})

test('[T2] the numbers of passed and failed tests are those of the runner, a cancelled one having failed', () => {
  const output = ['✔ a', '\u001b[34mℹ pass 12\u001b[39m', 'ℹ fail 1', 'ℹ cancelled 2', 'ℹ skipped 0']
  assert.deepEqual(readTestCounts(output), { passed: 12, failed: 3 })
})

test('[T2] a runner that ended before its summary gives no numbers', () => {
  assert.equal(readTestCounts(['✔ a', 'ℹ pass 12']), undefined)
})
