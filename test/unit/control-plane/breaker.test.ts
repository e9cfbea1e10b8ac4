import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Breaker } from '../../../control-plane/breaker.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'
import { SettableClock } from '../shared/settable-clock.ts'

const RETRY_MS = 1_000

const fails = async (): Promise<never> => {
  throw new CallError('unavailable', 'away')
}

function breaker(check: () => Promise<void> = fails) {
  const clock = new SettableClock()
  return { clock, breaker: new Breaker({ clock, retryMs: RETRY_MS, check }) }
}

test('[A18] after a failure nobody asks, until a check that nobody waits for succeeds', async () => {
  const checked = Promise.withResolvers<void>()
  const { clock, breaker: own } = breaker(() => checked.promise)
  await assert.rejects(own.run(fails), { code: 'unavailable' })
  clock.advance(RETRY_MS)
  await assert.rejects(
    own.run(async () => assert.fail('asked')),
    { code: 'unavailable' },
  )
  checked.resolve()
  await checked.promise
  while (own.isOpen) await new Promise(setImmediate)
  assert.equal(await own.run(async () => 'there'), 'there')
})

test('[A18] a failure that comes after a later answer is no news', async () => {
  const { breaker: own } = breaker()
  const slow = Promise.withResolvers<void>()
  const failing = own.run(() => slow.promise)
  await own.run(async () => undefined)
  slow.reject(new CallError('unavailable', 'away'))
  await assert.rejects(failing, { code: 'unavailable' })
  assert.equal(await own.run(async () => 'there'), 'there')
})

test('[A18] a refusal that is not for being away stops nobody', async () => {
  const { breaker: own } = breaker()
  await assert.rejects(
    own.run(async () => {
      throw new CallError('internal', 'a bug')
    }),
    { code: 'internal' },
  )
  assert.equal(await own.run(async () => 'there'), 'there')
})
