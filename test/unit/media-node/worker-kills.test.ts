import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { BAN_MS, WorkerKills } from '../../../media-node/sfu/worker-kills.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'
import { SettableClock } from '../shared/settable-clock.ts'

const closed = (error: unknown) => error instanceof CallError && error.code === 'room_closed'

let clock: SettableClock
let kills: WorkerKills

beforeEach(() => {
  clock = new SettableClock()
  kills = new WorkerKills(clock)
})

test('[M431] a room whose participants kill workers twice within a minute is banned for a while, and no other room', () => {
  assert.equal(kills.record({ roomId: 'a', participantId: 'p' }).bans, false)
  kills.check('a')
  clock.advance(59_999)
  assert.equal(kills.record({ roomId: 'a', participantId: 'q' }).bans, true)
  assert.throws(() => kills.check('a'), closed)
  kills.check('b')
  clock.advance(BAN_MS - 1)
  assert.throws(() => kills.check('a'), closed)
  clock.advance(1)
  kills.check('a')
})

test('[M432] kills more than a minute apart ban nobody, and each is counted against the participant', () => {
  assert.deepEqual(kills.record({ roomId: 'a', participantId: 'p' }), { byParticipant: 1, bans: false })
  clock.advance(60_000)
  assert.deepEqual(kills.record({ roomId: 'a', participantId: 'p' }), { byParticipant: 2, bans: false })
  assert.equal(kills.record({ roomId: 'b', participantId: 'q' }).byParticipant, 1)
})

test('[M433] what is remembered of kills has a bound, and the oldest goes first', () => {
  for (const participantId of ['p', 'q']) kills.record({ roomId: 'first', participantId })
  for (let index = 0; index < 9_999; index += 1) kills.record({ roomId: `r${index}`, participantId: `p${index}` })
  assert.throws(() => kills.check('first'), closed)
  for (let index = 9_999; index < 30_000; index += 1) kills.record({ roomId: `r${index}`, participantId: `p${index}` })
  assert.equal(kills.size, 20_000)
  kills.check('first')
})
