import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EpochFence } from '../../../media-node/sfu/epoch-fence.ts'
import { CallError, type ErrorCode } from '../../../shared/protocol/error-code.ts'
import { TOKEN_TTL_SECONDS } from '../../../shared/token.ts'
import { SettableClock } from '../shared/settable-clock.ts'
import { grant } from './grant.ts'

const refused = (code: ErrorCode) => (error: unknown) => error instanceof CallError && error.code === code

function fenceAt() {
  const clock = new SettableClock()
  const fence = new EpochFence(clock)
  /** A token that is minted now. */
  const minted = (epoch: number) => grant({ epoch, expiresAt: clock.now() + TOKEN_TTL_SECONDS * 1_000 })
  return { clock, fence, minted }
}

test('[M83] a room that went may come back at its epoch or a newer one, not at an older one', () => {
  const { fence, minted } = fenceAt()
  fence.left('room', 3)
  fence.left('room', 2)
  assert.throws(() => fence.check(minted(2)), refused('stale_allocation'))
  fence.check(minted(3))
  fence.check(minted(4))
  fence.check({ ...minted(1), roomId: 'another' })
})

test('[M84] a room that was closed for good is opened by tokens minted afterwards only', () => {
  const { clock, fence, minted } = fenceAt()
  const before = minted(1)
  fence.bury('room', 1)
  assert.throws(() => fence.check(before), refused('room_closed'))
  fence.check({ ...before, epoch: 2 })
  clock.advance(1_000)
  fence.check(minted(1))
  fence.left('room', 1)
  assert.throws(() => fence.check(before), refused('room_closed'))
})

test('[M85] a room is remembered for longer than any token for it lives, and no longer', () => {
  const { clock, fence, minted } = fenceAt()
  fence.left('room', 3)
  clock.advance(66_000)
  assert.throws(() => fence.check(minted(2)), refused('stale_allocation'))
  clock.advance(5_000)
  fence.check(minted(2))
  fence.left('another', 1)
  assert.equal(fence.size, 1)
})
