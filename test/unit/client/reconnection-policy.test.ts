import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backOffMs } from '../../../client/sdk/back-off.ts'
import { type Attempt, nextAttempt, remedyOf } from '../../../client/sdk/reconnection-policy.ts'

const noChance = () => 0
const allChance = () => 1 - Number.EPSILON

test('[W18] to resume comes first where it is possible, at once, and to rejoin where it is not', () => {
  assert.deepEqual(nextAttempt([], true, noChance), { attempt: 'resume', delayMs: 0, deadlineMs: 1_000 })
  assert.deepEqual(nextAttempt([], false, noChance), { attempt: 'rejoin', delayMs: 0, deadlineMs: 1_000 })
})

test('[W18] to resume and to rejoin take turns, and only after both there is a pause', () => {
  const tried: Attempt[] = []
  const delays: number[] = []
  for (let round = 0; round < 6; round += 1) {
    const { attempt, delayMs } = nextAttempt(tried, true, noChance)
    tried.push(attempt)
    delays.push(delayMs)
  }
  assert.deepEqual(tried, ['resume', 'rejoin', 'resume', 'rejoin', 'resume', 'rejoin'])
  assert.deepEqual(delays, [0, 0, 200, 0, 400, 0])
})

test('[W18] what cannot be resumed any more is only joined again', () => {
  assert.equal(nextAttempt(['resume'], false, noChance).attempt, 'rejoin')
  assert.equal(nextAttempt(['resume', 'rejoin'], false, noChance).attempt, 'rejoin')
})

test('[W18] a media node has a second to answer, and longer after each round, so that slow networks get through', () => {
  const rounds = (count: number) => Array.from({ length: count }, (): Attempt => 'rejoin')
  const deadlines = [0, 1, 2, 3, 9].map((count) => nextAttempt(rounds(count), false, noChance).deadlineMs)
  assert.deepEqual(deadlines, [1_000, 1_000, 2_000, 4_000, 8_000])
})

test('[W18] pauses grow to two seconds, and chance takes up to half of each away', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 50].map((round) => backOffMs(round, noChance)),
    [200, 400, 800, 1_600, 2_000, 2_000],
  )
  assert.deepEqual(
    [0, 4].map((round) => Math.round(backOffMs(round, allChance))),
    [100, 1_000],
  )
})

test('[W18] a room that was closed or is full, and a place that was taken, end a call; a node that goes does not', () => {
  for (const code of ['room_closed', 'room_full', 'replaced', 'forbidden', 'bad_request'] as const)
    assert.equal(remedyOf[code], 'end', code)
  for (const code of ['draining', 'unavailable', 'stale_allocation', 'wrong_node', 'token_expired'] as const)
    assert.equal(remedyOf[code], 'rejoin', code)
  assert.equal(remedyOf.connection_lost, 'resume')
})
