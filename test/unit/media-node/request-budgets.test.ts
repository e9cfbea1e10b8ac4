import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mediaNodeSettings } from '../../../media-node/settings.ts'
import { JoinLimits } from '../../../media-node/signalling/join-limits.ts'
import { type RequestBudget, RequestBudgets } from '../../../media-node/signalling/request-budgets.ts'
import type { Method } from '../../../shared/protocol/messages.ts'
import { readSettings } from '../../../shared/settings.ts'
import { SettableClock } from '../shared/settable-clock.ts'

const ROOM_OF_30 = 30

function isSpent(budget: RequestBudget, method: Method): boolean {
  try {
    budget.spend(method)
    return true
  } catch {
    return false
  }
}

/** How often each method is let through, in `seconds`, to somebody who asks all the time. */
function letThrough(budgets: readonly RequestBudget[], clock: SettableClock, method: Method, seconds: number): number {
  let count = 0
  for (let tenth = 0; tenth < 10 * seconds; tenth++) {
    for (const budget of budgets) while (isSpent(budget, method)) count += 1
    clock.advance(100)
  }
  return count
}

test('[M466] whoever joins and has a busy start is not kept waiting', () => {
  const budget = new RequestBudgets(new SettableClock()).of({ caller: 'a', roomId: 'room' })
  const joining: Method[] = ['connect-transport', 'connect-transport', 'receive', 'produce', 'produce', 'set-captions']
  const others = Array.from({ length: 2 * ROOM_OF_30 }, (): Method => 'resume-consumer')
  for (const method of [...joining, ...others, 'pause-producer' as const]) budget.spend(method)
})

test('[M466] what costs most may be asked for least, and of a ping as many as of messages', () => {
  const clock = new SettableClock()
  const rate = (method: Method) => {
    const budget = new RequestBudgets(clock).of({ caller: 'a', roomId: 'room' })
    letThrough([budget], clock, method, 10)
    return letThrough([budget], clock, method, 10) / 10
  }
  assert.deepEqual([rate('produce'), rate('ping')], [2, 50])
})

test('[M466] all of one address, and all of one room, have a budget together', () => {
  for (const who of [
    (i: number) => ({ caller: 'a', roomId: `${i}` }),
    (i: number) => ({ caller: `${i}`, roomId: 'r' }),
  ]) {
    const clock = new SettableClock()
    const all = new RequestBudgets(clock)
    const budgets = Array.from({ length: 400 }, (_, index) => all.of(who(index)))
    letThrough(budgets, clock, 'produce', 10)
    assert.equal(letThrough(budgets, clock, 'produce', 10), 200)
  }
})

test('[M467] an office of 40 joins at once from one address, and a hundred in 9 s do not', () => {
  const { JOINS_PER_MINUTE_PER_ADDRESS } = readSettings(mediaNodeSettings, {})
  const clock = new SettableClock()
  const office = new JoinLimits(JOINS_PER_MINUTE_PER_ADDRESS, clock)
  for (let person = 0; person < 40; person++) office.join('office')
  const limits = new JoinLimits(JOINS_PER_MINUTE_PER_ADDRESS, clock)
  const hundred = () => {
    for (let person = 0; person < 100; person++) {
      limits.join('attacker')
      clock.advance(90)
    }
  }
  assert.throws(hundred, /rate_limited|Too many joins/)
  limits.join('somebody else')
})
