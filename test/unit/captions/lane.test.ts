import assert from 'node:assert/strict'
import { once } from 'node:events'
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
const NO_ENGINE = `${HUNG}.postMessage({ kind: 'ready', engineFailure: 'none' })`
/** Gives a sign of life to each message. */
const ANSWERING = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', () => parentPort.postMessage({ kind: 'status', stream: 1, status: { status: 'resumed' } }))
  parentPort.postMessage({ kind: 'ready', engineFailure: undefined })`
/** Tells how many bytes of packets are repeated to it. */
const REPEATING = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', ({ kind, batch, handedAt }) => {
    if (kind !== 'packets' || handedAt !== undefined) return
    parentPort.postMessage({ kind: 'caption', stream: 1, caption: { text: String(batch.length), final: true }, postedAt: 0 })
  })
  parentPort.postMessage({ kind: 'ready', engineFailure: undefined })`
/** Opens a stream of its engine, leaves an engine alone, and dies at the next message. */
const DYING = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', () => process.exit(1))
  parentPort.postMessage({ kind: 'ready', engineFailure: undefined })
  parentPort.postMessage({ kind: 'engine-stream', life: { engine: 'pocketsphinx', stream: 1 } })
  parentPort.postMessage({ kind: 'engine', change: { engine: 'pocketsphinx', state: 'open', detail: 'it fails' } })`
/** Dies when a stream is to finish. */
const DYING_AT_THE_END = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', ({ kind }) => kind === 'finish' && process.exit(1))
  parentPort.postMessage({ kind: 'ready', engineFailure: undefined })`
/** Tells what comes for a stream, which it has finished as soon as it is to. */
const FINISHING = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', ({ kind }) => {
    parentPort.postMessage({ kind: 'caption', stream: 1, caption: { text: kind, final: true }, postedAt: 0 })
    if (kind === 'finish') parentPort.postMessage({ kind: 'finished', stream: 1 })
  })
  parentPort.postMessage({ kind: 'ready', engineFailure: undefined })`
const DEAD = ''
const packet = new Uint8Array(60_000)

test('[G55] a lane that does not take its packets is given no more than it may hold, and the rest is counted', async () => {
  const { lane, count, close } = laneOn(READY)
  await lane.started()
  lane.open(1, { language: 'en', audioLevelId: 6 })
  for (let batch = 0; batch < 100; batch += 1) {
    lane.packet(1, { arrivedAt: 0, packet, completesChunk: true })
    await nextTurn()
  }
  const dropped = count('packets_dropped')
  assert.ok(dropped > 0)
  for (let more = 0; more < 100; more += 1) lane.packet(1, { arrivedAt: 0, packet, completesChunk: true })
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
  const { pool, clock, close } = await poolOn([DEAD, READY])
  assert.deepEqual([pool.counts.lanes, pool.engineAvailable], [0, false])
  clock.advance(2_000)
  while (pool.counts.lanes === 0) await nextTurn()
  assert.ok(pool.engineAvailable)
  await close()
})

test('[G69] a lane that gives no sign of life for eight ticks of the main thread is given up', async () => {
  const { lane, signs, lost, close } = laneOn(ANSWERING)
  await lane.started()
  for (let time = 0; time < 3; time += 1) {
    for (let tick = 0; tick < 8; tick += 1) lane.tick()
    assert.deepEqual(lost, [])
    lane.open(time, { language: 'en', audioLevelId: 6 })
    while (signs.length === time) await nextTurn()
  }
  for (let tick = 0; tick < 9; tick += 1) lane.tick()
  assert.deepEqual(lost, ['a caption lane hung'])
  lane.open(9, { language: 'en', audioLevelId: 6 })
  lane.tick()
  assert.equal(lost.length, 1)
  await close()
})

test('[G69] a lane that hangs is replaced, and so is the next one, but with more and more time in between', async () => {
  const { starts, pass, close } = await poolOn(Array.from({ length: 20 }, () => READY))
  const startsWithin = async (ms: number) => {
    const before = starts()
    await pass(ms)
    return starts() - before
  }
  assert.equal(await startsWithin(1_000), 1)
  assert.ok((await startsWithin(60_000)) < 12)
  await close()
})

test('[G308] a stream finishes after its last packets, and in the next lane when its own dies over it', async () => {
  for (const lanes of [[FINISHING], [DYING_AT_THE_END, FINISHING]]) {
    const { pool, close } = await poolOn(lanes)
    const came: string[] = []
    const stream = pool.open(
      { language: 'en', audioLevelId: 6 },
      {
        caption: ({ text }) => came.push(text),
        status: () => undefined,
        laneLost: () => undefined,
        finished: () => came.push('finished'),
      },
    )
    stream.packet(Buffer.alloc(100))
    stream.finish()
    stream.packet(Buffer.alloc(100))
    while (pool.counts.streams > 0) await nextTurn()
    const [opened, ...rest] = came.filter((kind) => kind !== 'repeated')
    assert.deepEqual([opened, rest.slice(-3)], ['open', ['packets', 'finish', 'finished']])
    await close()
  }
})

test('[G68] what is not settled goes into the next lane, unless lanes keep dying of it', async () => {
  const { pool, pass, close } = await poolOn(Array.from({ length: 20 }, () => REPEATING))
  const repeated: string[] = []
  let losses = 0
  const stream = pool.open(
    { language: 'en', audioLevelId: 6 },
    {
      caption: ({ text }) => repeated.push(text),
      status: () => undefined,
      finished: () => undefined,
      laneLost: () => {
        losses += 1
      },
    },
  )
  while (repeated.length < 1) await nextTurn()
  stream.packet(Buffer.alloc(100))
  for (let times = 1; times <= 3; times += 1) {
    while (losses < times || pool.counts.lanes === 0) await pass(100)
    while (repeated.length <= times) await nextTurn()
  }
  assert.deepEqual(repeated, ['0', '114', '114', '0'])
  await close()
})

test('[G57] who asks to be told when captions can be had is told once they can', async () => {
  const { pool, pass, close } = await poolOn([DEAD, NO_ENGINE, READY])
  let told = 0
  pool.onAvailable(() => {
    told += 1
  })
  const stop = pool.onAvailable(() => assert.fail('it has stopped listening'))
  stop()
  assert.ok(!pool.engineAvailable)
  while (told === 0) await pass(100)
  assert.ok(pool.engineAvailable)
  await close()
  assert.equal(told, 1)
})

test('[G69] of a lane that is lost, and of its engine streams, one line tells the end, and the next lane begins anew', async () => {
  const lines: { readonly msg: string; readonly reason?: string }[] = []
  const write = (line: string) => void lines.push(JSON.parse(line))
  const logger = createLogger({ name: 'test', level: 'debug' }, { write })
  const { pool, close } = await poolOn([DYING, READY], logger)
  while (pool.engines()[0]?.resting !== 1) await nextTurn()
  pool.open({ language: 'en', audioLevelId: 6 }, { caption() {}, status() {}, finished() {}, laneLost() {} })
  const opened = () => lines.filter(({ msg }) => msg === 'caption lane opened').length
  while (opened() < 2) await nextTurn()
  const ends = lines.filter(({ msg }) => msg.endsWith('closed')).map(({ msg, reason }) => [msg, reason])
  assert.deepEqual(ends, [
    ['engine stream closed', 'lane_lost'],
    ['caption lane closed', 'lost'],
  ])
  assert.deepEqual(pool.engines(), [{ engine: 'pocketsphinx', used: 1, resting: 0 }])
  await close()
})

async function poolOn(programs: string[], logger = createLogger({ name: 'test', level: 'silent' })) {
  const clock = new SettableClock()
  const outcomes: Promise<unknown>[] = []
  const pool = await LanePool.create({
    speech: { engine: { name: 'pocketsphinx', modelPath: '' }, fallback: undefined, maxStreams: 1, bufferMs: 30_000 },
    lanes: 1,
    logger,
    clock,
    now: () => clock.now(),
    random: () => 0.5,
    metrics: { observeStage: () => undefined, observeDelay: () => undefined, count: () => undefined },
    startThread: () => {
      const thread = new Worker(programs.shift() ?? assert.fail('no thread is left'), { eval: true })
      outcomes.push(Promise.race([once(thread, 'message'), once(thread, 'exit')]))
      return thread
    },
  })
  return {
    pool,
    clock,
    starts: () => outcomes.length,
    /** Lets time pass, but none while a thread is starting. */
    async pass(milliseconds: number): Promise<void> {
      for (let passed = 0; passed < milliseconds; passed += 100) {
        clock.advance(100)
        await Promise.all(outcomes)
        await nextTurn()
      }
    },
    async close(): Promise<void> {
      const closing = pool.close()
      clock.advance(2_000)
      await closing
    },
  }
}

function laneOn(program: string) {
  const clock = new SettableClock()
  const counts = new Map<CaptionCounter, number>()
  const signs: string[] = []
  const lost: string[] = []
  const nothing = () => undefined
  const lane = new Lane({
    thread: new Worker(program, { eval: true }),
    events: {
      engine: nothing,
      engineStream: nothing,
      caption: nothing,
      settled: nothing,
      finished: nothing,
      status: (_stream, { status }) => signs.push(status),
      report: nothing,
      lost: ({ message }) => lost.push(message),
    },
    clock,
    now: () => 0,
    count: (counter, by) => counts.set(counter, (counts.get(counter) ?? 0) + by),
  })
  return {
    lane,
    clock,
    signs,
    lost,
    count: (counter: CaptionCounter) => counts.get(counter) ?? 0,
    async close(): Promise<void> {
      const closing = lane.close()
      clock.advance(2_000)
      await closing
    },
  }
}
