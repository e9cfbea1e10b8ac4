import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterRunning } from '../../../shared/deadline.ts'
import { SettableClock } from './settable-clock.ts'

test('[N80] a deadline counts the time in which this process ran, and of a time in which it did not no more than a quarter of itself', () => {
  const clock = new SettableClock()
  let late = false
  afterRunning(clock, 1_000, () => {
    late = true
  })
  clock.hold(60_000)
  clock.advance(749)
  assert.equal(late, false)
  clock.advance(1)
  assert.equal(late, true)
})

test('[N80] a deadline that is cancelled between two of its steps does not pass', () => {
  const clock = new SettableClock()
  const cancel = afterRunning(clock, 1_000, () => assert.fail('it was cancelled'))
  clock.advance(600)
  cancel()
  clock.advance(600)
  assert.equal(clock.waiting, 0)
})
