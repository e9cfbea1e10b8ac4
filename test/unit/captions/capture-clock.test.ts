import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CaptureClock } from '../../../media-node/captions/capture-clock.ts'
import { SeededRandom } from '../../seeded-random.ts'

const PACKET_TICKS = 960
const PACKET_MS = 20

test('[G12] jitter does not move the time at which a sound was captured', () => {
  const random = new SeededRandom(5)
  const clock = new CaptureClock()
  for (let packet = 1; packet <= 500; packet += 1) {
    clock.observe(packet * PACKET_TICKS, 1_000 + packet * PACKET_MS + random.below(60))
  }
  assert.ok(Math.abs(clock.capturedAt(100 * PACKET_TICKS) - (1_000 + 100 * PACKET_MS)) <= 1)
})

test('[G12] a clock that drifts away is followed', () => {
  const clock = new CaptureClock()
  const slow = 1.001
  let arrivedAt = 0
  for (let packet = 1; packet <= 5_000; packet += 1) {
    arrivedAt = packet * PACKET_MS * slow
    clock.observe(packet * PACKET_TICKS, arrivedAt)
  }
  assert.ok(Math.abs(clock.capturedAt(5_000 * PACKET_TICKS) - arrivedAt) <= 25)
})
