import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsTable } from '../../chaos/faults-table.ts'

const calm = { free: 0.5, product: 0.1, foreign: 0, lateMs: 2 }
const nothing = { exposed: 2, allowedMs: 4_000, backWithin: [], silences: [20], lost: 0, problems: [], calm }

test('[Y2] a fault that was played more often has one row, over all clients of all rounds', () => {
  const { rows } = faultsTable([
    { ...nothing, fault: 'killed', backWithin: [900, 1_100], silences: [800, 1_000], problems: ['a'] },
    { ...nothing, fault: 'frozen' },
    {
      ...nothing,
      fault: 'killed',
      backWithin: [2_000],
      silences: [1_900],
      lost: 1,
      problems: ['b', 'c'],
      invalid: 'busy',
    },
  ])
  assert.deepEqual(rows, [
    ['killed', '4', '3', '1100', '2000', '2000', '1900', '1900', '4000', '1', '3', '50 %', '2', '1'],
    ['frozen', '2', '0', '–', '–', '–', '20', '20', '4000', '0', '0', '50 %', '2', '0'],
  ])
})
