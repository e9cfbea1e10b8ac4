import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { RecogniserPool } from '../../../media-node/captions/engines/recogniser-pool.ts'

test('[G26] two recognisers are loaded before anybody speaks, and one more whenever none is spare', async () => {
  const { pool, loads } = countingPool(4)
  await pool.warm()
  await nextTurn()
  assert.equal(loads.finished, 2)
  await pool.take()
  await nextTurn()
  assert.equal(loads.finished, 2)
  await pool.take()
  await nextTurn()
  assert.equal(loads.finished, 3)
})

test('[G26] there are never more than the capacity, and a taken one that comes back is used again', async () => {
  const { pool, loads } = countingPool(2)
  await pool.warm()
  const first = await pool.take()
  await pool.take()
  assert.equal(pool.take(), undefined)
  pool.giveBack(first ?? assert.fail())
  assert.equal(await pool.take(), first)
  await nextTurn()
  assert.deepEqual([loads.finished, pool.taken], [2, 2])
})

test('[G26] one that cannot be loaded is refused to who waits for it, and asked for again by the next', async () => {
  const { pool, loads } = countingPool(1)
  loads.fail = true
  await assert.rejects(async () => await pool.take())
  assert.equal(pool.taken, 0)
  loads.fail = false
  assert.equal(await pool.take(), 2)
})

test('[G26] a closed pool frees what it has, what comes back, and what is still loading', async () => {
  const { pool, freed } = countingPool(4)
  await pool.warm()
  const taken = (await pool.take()) ?? assert.fail()
  pool.close()
  pool.giveBack(taken)
  await nextTurn()
  assert.deepEqual(freed.sort(), [1, 2])
})

function countingPool(capacity: number) {
  const loads = { started: 0, finished: 0, fail: false }
  const freed: number[] = []
  const pool = new RecogniserPool<number>({
    capacity,
    free: (recogniser) => freed.push(recogniser),
    async load() {
      loads.started += 1
      const recogniser = loads.started
      await Promise.resolve()
      if (loads.fail) throw new Error('no model')
      loads.finished += 1
      return recogniser
    },
  })
  return { pool, loads, freed }
}
