import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineTurns, type TurnTaker } from '../../../media-node/captions/engine-turns.ts'

/** A lane's thread on a clock of its own; each turn takes so many milliseconds. */
function thread({ turnMs }: { turnMs: number }) {
  const tasks: (() => void)[] = []
  let now = 0
  const turns = new EngineTurns({ schedule: (task) => tasks.push(task), now: () => now })
  const taken: string[] = []
  const taker = (name: string, portions: number): TurnTaker => ({
    turn() {
      taken.push(name)
      now += turnMs
      portions -= 1
      return portions > 0
    },
  })
  return { turns, tasks, taken, taker }
}

test('[G79] turns that take no time follow one another before the thread takes its messages', () => {
  const { turns, tasks, taken, taker } = thread({ turnMs: 0.25 })
  for (const name of ['a', 'b', 'c', 'd', 'e']) turns.request(taker(name, 1))
  tasks.shift()?.()
  assert.deepEqual(taken, ['a', 'b', 'c', 'd'])
  assert.equal(tasks.length, 1)
  tasks.shift()?.()
  assert.deepEqual(taken, ['a', 'b', 'c', 'd', 'e'])
  assert.equal(tasks.length, 0)
})

test('[G79] a turn that takes long is the only one before the thread takes its messages, and the next is somebody else', () => {
  const { turns, tasks, taken, taker } = thread({ turnMs: 8 })
  turns.request(taker('long', 2))
  turns.request(taker('short', 1))
  for (const expected of [['long'], ['long', 'short'], ['long', 'short', 'long']]) {
    assert.equal(tasks.length, 1)
    tasks.shift()?.()
    assert.deepEqual(taken, expected)
  }
  assert.equal(tasks.length, 0)
})

test('[G79] who is behind with messages gives turns between them', () => {
  const { turns, taken, taker } = thread({ turnMs: 1 })
  turns.request(taker('a', 1))
  turns.request(taker('b', 1))
  turns.spell()
  assert.deepEqual(taken, ['a'])
  turns.spell()
  turns.spell()
  assert.deepEqual(taken, ['a', 'b'])
})
