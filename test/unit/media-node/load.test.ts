import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LoadSample, reportedLoad, smoothedLoad } from '../../../media-node/load.ts'

const idle: LoadSample = { eventLoop: 0, eventLoopDelayMs: 0, workers: [0], lanes: [0], participants: 0, rooms: 0 }
const loadOf = (sample: Partial<LoadSample>, previous = 0) =>
  smoothedLoad(previous, { ...idle, ...sample }, { maxParticipants: 400, maxRooms: 1_000 })

test('[M86] the load follows the busiest part, smoothed', () => {
  for (const busy of [
    { workers: [0.2, 0.8] },
    { lanes: [0.8, 0.1] },
    { eventLoop: 0.8 },
    { eventLoopDelayMs: 80 },
    { participants: 320 },
    { rooms: 800 },
  ]) {
    assert.equal(loadOf({ eventLoop: 0.1, workers: [0.2], ...busy }), 0.2, JSON.stringify(busy))
  }
  let load = 0
  for (let second = 0; second < 20; second++) load = loadOf({ workers: [0.8] }, load)
  assert.ok(Math.abs(load - 0.8) < 0.01)
})

test('[M86] the load stays between 0 and 1, whatever is measured', () => {
  assert.equal(loadOf({ eventLoop: 1.2, workers: [3], participants: 900 }, 1), 1)
  assert.equal(loadOf({ eventLoop: -0.1, eventLoopDelayMs: -0.4, workers: [] }), 0)
})

test('[M88] a room that has just opened counts for what it is still to bring', () => {
  assert.equal(reportedLoad(0.5, 0), 0.5)
  assert.equal(reportedLoad(0.5, 5), 0.6)
  assert.equal(reportedLoad(0.95, 5), 1)
})
