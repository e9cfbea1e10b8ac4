import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { TranslatorBreaker } from '../../../media-node/captions/translator-breaker.ts'
import { SettableClock } from '../shared/settable-clock.ts'

let clock: SettableClock
let breaker: TranslatorBreaker
beforeEach(() => {
  clock = new SettableClock()
  breaker = new TranslatorBreaker(() => clock.now())
})

const attempt = () => breaker.attempt() ?? assert.fail('the translator rests')
const fail = (times: number) => {
  for (let time = 0; time < times; time += 1) attempt().failed('unreachable')
}

test('[G131] a translator rests after three failures in a row, and not when one text came in between', () => {
  fail(2)
  attempt().succeeded()
  fail(2)
  assert.ok(!breaker.resting)
  fail(1)
  assert.ok(breaker.resting)
  assert.equal(breaker.attempt(), undefined)
})

test('[G131] after the rest one text is tried, and its success ends the rest', () => {
  fail(3)
  clock.advance(999)
  assert.equal(breaker.attempt(), undefined)
  clock.advance(1)
  const trial = attempt()
  assert.equal(breaker.attempt(), undefined, 'one at a time')
  trial.abandoned()
  attempt().succeeded()
  assert.ok(!breaker.resting)
})

test('[G131] each rest is twice as long as the one before, up to a minute', () => {
  fail(3)
  for (const ms of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    clock.advance(ms - 1)
    assert.equal(breaker.attempt(), undefined)
    clock.advance(1)
    fail(1)
  }
})

test('[G131] one that refuses us rests for a minute at once', () => {
  attempt().failed('refused')
  clock.advance(59_999)
  assert.equal(breaker.attempt(), undefined)
  clock.advance(1)
  attempt().succeeded()
})

test('[G131] what had been asked before the rest does not lengthen it', () => {
  const slow = [attempt(), attempt()]
  fail(3)
  clock.advance(500)
  for (const { failed } of slow) failed('unreachable')
  clock.advance(500)
  attempt().succeeded()
})
