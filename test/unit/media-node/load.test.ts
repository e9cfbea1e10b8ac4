import assert from 'node:assert/strict'
import { test } from 'node:test'
import { smoothedLoad } from '../../../media-node/load.ts'

test('[M86] the load follows the busiest part, smoothed', () => {
  assert.equal(smoothedLoad(0, { eventLoop: 0.1, workers: [0.2, 0.8] }), 0.2)
  assert.equal(smoothedLoad(0, { eventLoop: 0.8, workers: [0.2] }), 0.2)
  let load = 0
  for (let second = 0; second < 20; second++) load = smoothedLoad(load, { eventLoop: 0, workers: [0.8] })
  assert.ok(Math.abs(load - 0.8) < 0.01)
})

test('[M86] the load stays between 0 and 1, whatever is measured', () => {
  assert.equal(smoothedLoad(1, { eventLoop: 1.2, workers: [3] }), 1)
  assert.equal(smoothedLoad(0, { eventLoop: -0.1, workers: [] }), 0)
})
