import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionLimits, type Seat } from '../../../media-node/signalling/connection-limits.ts'
import { UsedTokens } from '../../../media-node/signalling/used-tokens.ts'
import { CallError, type ErrorCode } from '../../../shared/protocol/error-code.ts'
import { TokenBucket } from '../../../shared/token-bucket.ts'
import { SettableClock } from '../shared/settable-clock.ts'
import { grant } from './grant.ts'

const ample = { inAll: 100, perCaller: 100, waiting: 100, rate: { perSecond: 100, burst: 100 } }

function entered(limits: ConnectionLimits, caller: string): Seat {
  const entry = limits.enter(caller)
  return 'reason' in entry ? assert.fail(entry.reason) : entry
}

const refused = (code: ErrorCode) => (error: unknown) => error instanceof CallError && error.code === code

test('[M80] a bucket lets a burst through at once and its rate in the long run', () => {
  const clock = new SettableClock()
  const bucket = new TokenBucket({ perSecond: 2, burst: 3 }, clock)
  const taken = () => [1, 2, 3, 4, 5].filter(() => bucket.take()).length
  assert.equal(taken(), 3)
  clock.advance(1_000)
  assert.equal(taken(), 2)
  clock.advance(60_000)
  assert.equal(taken(), 3)
})

test('[M80] a clock that is set back gives and takes nothing', () => {
  const clock = new SettableClock()
  const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, clock)
  assert.equal(bucket.take(), true)
  clock.advance(-10_000)
  assert.equal(bucket.take(), false)
  clock.advance(1_000)
  assert.equal(bucket.take(), true)
})

test('[M81] a token is good once for as long as it could be accepted, and is then forgotten', () => {
  const clock = new SettableClock()
  const tokens = new UsedTokens(clock)
  const used = grant({ tokenId: 'a', expiresAt: clock.now() + 60_000 })
  tokens.use(used)
  clock.advance(65_000)
  assert.throws(() => tokens.use(used), refused('token_replayed'))
  clock.advance(5_000)
  tokens.use(grant({ tokenId: 'b', expiresAt: clock.now() + 60_000 }))
  assert.equal(tokens.size, 1)
})

test('[M81] rather than forget a token that could be used again, no more are taken', () => {
  const clock = new SettableClock()
  const tokens = new UsedTokens(clock, 2)
  for (const tokenId of ['a', 'b']) tokens.use(grant({ tokenId, expiresAt: clock.now() + 60_000 }))
  const expiresAt = clock.now() + 60_000
  assert.throws(() => tokens.use(grant({ tokenId: 'c', expiresAt })), refused('rate_limited'))
  assert.throws(() => tokens.use(grant({ tokenId: 'a', expiresAt })), refused('token_replayed'))
})

test('[M82] connections are counted until they are released, once, in all and for each caller', () => {
  const limits = new ConnectionLimits({ ...ample, perCaller: 2 }, new SettableClock())
  const [first, second] = [entered(limits, 'a'), entered(limits, 'a')]
  assert.deepEqual(limits.enter('a'), { reason: 'caller', retryAfterMs: 1_000 })
  assert.equal(limits.open, 2)
  first.release()
  first.release()
  assert.equal(limits.open, 1)
  entered(limits, 'a')
  second.release()
})

test('[M450] a connection that is refused counts for nothing, and is told when to try again', () => {
  const clock = new SettableClock()
  const limits = new ConnectionLimits({ ...ample, rate: { perSecond: 2, burst: 1 } }, clock)
  entered(limits, 'a').release()
  for (let tries = 0; tries < 100; tries++) assert.deepEqual(limits.enter('a'), { reason: 'caller', retryAfterMs: 500 })
  assert.equal(limits.open, 0)
  clock.advance(500)
  entered(limits, 'a')
})

test('[M451] connections that were not let in leave those that were their room, and one caller has a quarter of them', () => {
  const limits = new ConnectionLimits({ ...ample, inAll: 2, waiting: 8 }, new SettableClock())
  const waiting = ['a', 'a', 'b', 'b', 'c', 'c'].map((caller) => entered(limits, caller))
  assert.deepEqual(limits.enter('a'), { reason: 'caller', retryAfterMs: 1_000 })
  entered(limits, 'd').letIn()
  entered(limits, 'd').letIn()
  assert.deepEqual(limits.enter('e'), { reason: 'capacity', retryAfterMs: 1_000 })
  for (const { release } of waiting) release()
  assert.equal(limits.open, 2)
})

test('[M451] with as many that wait as may, nobody else is let wait until one of them is let in or gone', () => {
  const limits = new ConnectionLimits({ ...ample, waiting: 2 }, new SettableClock())
  const [first] = [entered(limits, 'a'), entered(limits, 'b')]
  assert.deepEqual(limits.enter('c'), { reason: 'capacity', retryAfterMs: 1_000 })
  first.letIn()
  first.letIn()
  entered(limits, 'c')
  assert.deepEqual(limits.enter('d'), { reason: 'capacity', retryAfterMs: 1_000 })
})
