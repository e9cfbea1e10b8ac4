import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { CaptionCounter } from '../../../media-node/captions/caption-metrics.ts'
import { Lane } from '../../../media-node/captions/lane.ts'
import { LanePool } from '../../../media-node/captions/lane-pool.ts'
import { createLogger } from '../../../shared/logging.ts'
import { SettableClock } from '../shared/settable-clock.ts'

const HUNG = "require('node:worker_threads').parentPort.on('message', () => undefined)"
const READY = `${HUNG}.postMessage({ kind: 'ready', engineFailure: undefined })`
const DEAD = ''
const packet = new Uint8Array(60_000)

test('[G55] a lane that does not take its packets is given no more than it may hold, and the rest is counted', async () => {
  const { lane, count, close } = laneOn(READY)
  await lane.started()
  lane.open(1, { language: 'en', audioLevelId: 6 })
  for (let batch = 0; batch < 100; batch += 1) {
    lane.packet(1, packet, { completesChunk: true })
    await nextTurn()
  }
  const dropped = count('packets_dropped')
  assert.ok(dropped > 0)
  for (let more = 0; more < 100; more += 1) lane.packet(1, packet, { completesChunk: true })
  assert.equal(count('packets_dropped'), dropped + 100)
  await close()
})

test('[G56] a lane that does not start within its deadline has failed, and one that does not stop is ended', async () => {
  const { lane, clock, close } = laneOn(HUNG)
  const started = assert.rejects(lane.started(), /in time/)
  clock.advance(30_000)
  await started
  await close()
})

test('[G54] a lane that cannot be started is tried again', async () => {
  const clock = new SettableClock()
  const programs = [DEAD, READY]
  const pool = await LanePool.create({
    speech: { engine: { name: 'pocketsphinx', modelPath: '' }, fallback: undefined, maxStreams: 1, bufferMs: 30_000 },
    lanes: 1,
    logger: createLogger({ name: 'test', level: 'silent' }),
    clock,
    now: () => 0,
    metrics: { observeStage: () => undefined, count: () => undefined },
    startThread: () => new Worker(programs.shift() ?? assert.fail(), { eval: true }),
  })
  assert.deepEqual([pool.counts.lanes, pool.engineAvailable], [0, false])
  clock.advance(2_000)
  while (pool.counts.lanes === 0) await nextTurn()
  assert.ok(pool.engineAvailable)
  const closing = pool.close()
  clock.advance(2_000)
  await closing
})

function laneOn(program: string) {
  const clock = new SettableClock()
  const counts = new Map<CaptionCounter, number>()
  const nothing = () => undefined
  const lane = new Lane({
    thread: new Worker(program, { eval: true }),
    events: { caption: nothing, status: nothing, report: nothing, lost: nothing },
    clock,
    now: () => 0,
    count: (counter, by) => counts.set(counter, (counts.get(counter) ?? 0) + by),
  })
  return {
    lane,
    clock,
    count: (counter: CaptionCounter) => counts.get(counter) ?? 0,
    async close(): Promise<void> {
      const closing = lane.close()
      clock.advance(2_000)
      await closing
    },
  }
}
