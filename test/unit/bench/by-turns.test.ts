import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byTurns, newTiming, type Way } from '../../bench/allocate/by-turns.ts'

/** A way whose runs take so long by a clock that only they move. */
function timedWays(oneMs: number, otherMs: number) {
  let now = 0
  const order: string[] = []
  const way = (name: string, ms: number): Way => ({
    async prepare(count) {
      now += 1_000
      order.push(name)
      return Array.from({ length: count }, String)
    },
    async run() {
      now += ms
    },
  })
  return { ways: [way('one', oneMs), way('other', otherMs)] as const, order, now: () => now }
}

test('[X3] two ways take turns, each as often first, and are timed without what is prepared for them', async () => {
  const { ways, order, now } = timedWays(2, 3)
  const timings = [newTiming(), newTiming()] as const
  let upkeeps = 0
  const upkeep = async () => {
    upkeeps += 1
  }
  await byTurns(ways, timings, { batch: 10, atOnce: 1, forMs: 150, upkeep, now })
  assert.deepEqual(order, ['one', 'other', 'other', 'one', 'one', 'other'])
  assert.deepEqual(timings[0], { latencies: Array.from({ length: 30 }, () => 2), busyMs: 60 })
  assert.deepEqual(timings[1], { latencies: Array.from({ length: 30 }, () => 3), busyMs: 90 })
  assert.equal(upkeeps, 6)
})

test('[X3] so many runs as are wanted are under way at a time, and each is made once', async () => {
  let underWay = 0
  let most = 0
  const runs: string[] = []
  const way: Way = {
    prepare: async (count) => Array.from({ length: count }, String),
    async run(prepared) {
      underWay += 1
      most = Math.max(most, underWay)
      runs.push(prepared)
      await Promise.resolve()
      underWay -= 1
    },
  }
  const idle: Way = { prepare: async () => [], run: async () => undefined }
  const upkeep = async () => undefined
  await byTurns([way, idle], [newTiming(), newTiming()], { batch: 20, atOnce: 4, forMs: 0, upkeep, now: () => 0 })
  assert.equal(most, 4)
  assert.deepEqual(
    runs.toSorted((a, b) => Number(a) - Number(b)),
    Array.from({ length: 20 }, String),
  )
})
