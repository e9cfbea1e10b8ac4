import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lackOfRoom } from '../../chaos/head-room/head-room.ts'
import { cpusIn, processorTime, withDescendants } from '../../chaos/head-room/processor-time.ts'

const calm = { free: 0.5, product: 0.1, foreign: 0, lateMs: 2 }

test('[Y15] there is no room when too little is free in the calm, a thread wakes late, or others take too much', () => {
  assert.equal(lackOfRoom({ calm, foreign: 0.1 }), undefined)
  assert.match(lackOfRoom({ calm: { ...calm, free: 0.1 }, foreign: 0 }) ?? '', /only 10 % .* free/)
  assert.match(lackOfRoom({ calm: { ...calm, lateMs: 80 }, foreign: 0 }) ?? '', /80 ms late/)
  assert.match(lackOfRoom({ calm, foreign: 0.4 }) ?? '', /other programs took 40 %/)
})

test('[Y18] only the processors count on which the stage may run', () => {
  const stat = [
    'cpu  300 0 0 100 0 0 0 0 0 0',
    'cpu0 200 0 0 0 0 0 0 0 0 0',
    'cpu1 60 5 15 100 10 3 2 5 0 0',
    'intr 9',
  ].join('\n')
  assert.deepEqual(processorTime(stat, [1]), { busy: 90, total: 200 })
  assert.deepEqual(processorTime(stat, [0, 1]), { busy: 290, total: 400 })
  assert.deepEqual(cpusIn('0-2,5'), [0, 1, 2, 5])
})

test('[Y18] what a process has started counts as its own, whoever is listed first', () => {
  const processes = [
    { pid: 3, parent: 2, ticks: 0 },
    { pid: 2, parent: 1, ticks: 0 },
    { pid: 4, parent: 9, ticks: 0 },
  ]
  assert.deepEqual([...withDescendants([1], processes)].sort(), [1, 2, 3])
})
