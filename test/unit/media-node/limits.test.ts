import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionLimits } from '../../../media-node/signalling/connection-limits.ts'
import { UsedTokens } from '../../../media-node/signalling/used-tokens.ts'
import { CallError, type ErrorCode } from '../../../shared/protocol/error-code.ts'
import { TokenBucket } from '../../../shared/token-bucket.ts'
import { SettableClock } from '../shared/settable-clock.ts'
import { grant } from './grant.ts'

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
  assert.throws(() => tokens.use(grant({ tokenId: 'c' })), refused('rate_limited'))
  assert.throws(() => tokens.use(grant({ tokenId: 'a' })), refused('token_replayed'))
})

test('[M82] connections are counted until they are released, once, in all and for each address', () => {
  const clock = new SettableClock()
  const limits = new ConnectionLimits({ inAll: 3, perAddress: 2, rate: { perSecond: 100, burst: 100 } }, clock)
  const [first, second] = [limits.enter('a'), limits.enter('a')]
  assert.deepEqual([first.allowed, second.allowed, limits.exhausted], [true, true, false])
  assert.equal(limits.enter('a').allowed, false)
  assert.equal(limits.exhausted, true)
  first.release()
  first.release()
  assert.deepEqual([limits.open, limits.exhausted, limits.enter('b').allowed], [2, false, true])
})
