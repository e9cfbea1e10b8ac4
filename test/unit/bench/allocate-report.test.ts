import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AllocateRun, type Measured, reaches } from '../../bench/allocate/report.ts'

const timing = (ms: number) => ({ latencies: Array.from({ length: 100 }, () => ms), busyMs: 100 * ms })
const measured = (nodes: number, ours: number, bare: number): Measured => ({
  nodes,
  operation: 'create',
  atOnce: 1,
  ours: timing(ours),
  bare: timing(bare),
})
const burst = (fewest: number, most: number, failed = 0) => ({
  ...{ nodes: 10, rooms: 1_000, failed, fewest, most },
  ...{ ms: 500, bareMs: 400, heartbeatAgeMs: 1_000 },
})
const nothing: AllocateRun = { measured: [], bursts: [], refusals: [], upkeep: [] }

const verdicts = (run: Partial<AllocateRun>) => reaches({ ...nothing, ...run }).map((line) => line.split(':')[0])

test('[X4] placing a room takes at most 20 ms more than the bare stores', () => {
  assert.deepEqual(verdicts({ measured: [measured(10, 25, 5)] }), ['met'])
  assert.deepEqual(verdicts({ measured: [measured(10, 25.1, 5)] }), ['NOT MET'])
})

test('[X4] a large fleet is at most 1.2 times as slow as the smallest that was measured', () => {
  const least = measured(10, 10, 10)
  assert.deepEqual(verdicts({ measured: [least, measured(100, 11.9, 11.9)] }), ['met', 'met', 'met'])
  assert.deepEqual(verdicts({ measured: [measured(100, 12.1, 12.1), least] }), ['met', 'met', 'NOT MET'])
})

test('[X4] a burst is even when nobody has two rooms more than another and no room failed', () => {
  assert.deepEqual(verdicts({ bursts: [burst(99, 100), burst(99, 101), burst(100, 100, 1)] }), [
    'met',
    'NOT MET',
    'NOT MET',
  ])
})

test('[X4] a full fleet refuses every room in the stated way', () => {
  const refused = { nodes: 10, latencies: [1, 1] }
  assert.deepEqual(verdicts({ refusals: [{ ...refused, otherAnswers: 0 }] }), ['met'])
  assert.deepEqual(verdicts({ refusals: [{ ...refused, otherAnswers: 1 }] }), ['NOT MET'])
})
