import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { monotonicMs } from '../../../media-node/captions/monotonic-clock.ts'
import { spawnWorker } from '../../../media-node/sfu/spawn-worker.ts'
import { WorkerPool } from '../../../media-node/sfu/worker-pool.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createLogger } from '../../../shared/logging.ts'
import { ffmpegWay } from './ffmpeg-way.ts'
import { lanesWay } from './lanes-way.ts'
import { mainThreadWay } from './main-thread-way.ts'
import type { FromMeasured, MeasuredPlan, ToMeasured, Used } from './measured-plan.ts'
import { memoryOfProcess } from './process-use.ts'
import { openSpeakers, type Speakers } from './speakers.ts'
import type { Way } from './way.ts'

/**
 * The process that is measured: a media worker with speakers and one way from them to the engine's door, and nothing
 * that a media node would not have either. Ends with its parent.
 */

type Running = { readonly pool: WorkerPool; readonly speakers: Speakers; readonly way: Way }

let running: Running | undefined

process.on('disconnect', async () => {
  await close()
  process.exit()
})
process.on('message', async (message: ToMeasured) => {
  process.send?.(await answer(message))
})

async function answer(message: ToMeasured): Promise<FromMeasured> {
  if (message.kind === 'open') {
    running = await open(message.plan)
    return { kind: 'opened', streams: running.speakers.streams }
  }
  if (message.kind === 'close') {
    await close()
    return { kind: 'closed' }
  }
  if (running === undefined) throw new Error('nothing is open')
  if (message.kind === 'measure') return { kind: 'measured', used: await measureFor(message.seconds, running) }
  const { way } = running
  return { kind: 'collected', tappedAt: way.tappedAt, doorLogs: await way.arrivals(), losses: way.losses() }
}

async function close(): Promise<void> {
  await running?.way.stop()
  running?.speakers.close()
  await running?.pool.close()
  running = undefined
}

async function open(plan: MeasuredPlan): Promise<Running> {
  const pool = await WorkerPool.create({
    workers: 1,
    address: { listenIp: '127.0.0.1', announcedAddress: '127.0.0.1', port: 0 },
    spawnWorker,
    died: () => console.error('the media worker died'),
    killed: () => undefined,
    gaveUp: () => undefined,
    clock: systemClock,
    logger: createLogger({ name: 'bench', level: 'error' }),
  })
  const speakers = await openSpeakers(pool, plan.streams, plan.trackFrames)
  return { pool, speakers, way: await openWay(plan, speakers) }
}

function openWay({ name, lanes, packets }: MeasuredPlan, { rooms, streams }: Speakers): Promise<Way> {
  const options = { rooms, packets, firstTimestamps: streams.map(({ firstTimestamp }) => firstTimestamp) }
  switch (name) {
    case 'lanes':
      return lanesWay({ ...options, lanes })
    case 'main thread':
      return mainThreadWay(options)
    case 'ffmpeg':
      return ffmpegWay(options)
  }
}

async function measureFor(seconds: number, { pool, way }: Running): Promise<Used> {
  const held = monitorEventLoopDelay({ resolution: 1 })
  held.enable()
  const before = await use(pool, way)
  await wait(seconds * 1_000)
  const after = await use(pool, way)
  held.disable()
  const percent = (what: 'worker' | 'main' | 'own' | 'process') =>
    (100 * (after[what] - before[what])) / (after.at - before.at)
  return {
    from: before.at,
    workerCpu: percent('worker'),
    mainThreadCpu: percent('main'),
    ownCpu: percent('own'),
    cpu: percent('worker') + percent('process') + (way.name === 'ffmpeg' ? percent('own') : 0),
    memory: after.memory,
    mainThreadHeldP99Ms: held.percentile(99) / 1e6,
  }
}

/** CPU in milliseconds and memory in bytes at this moment. */
async function use(pool: WorkerPool, way: Way) {
  const [workers, own, memories] = await Promise.all([
    pool.cpuTimes(),
    way.ownUse(),
    Promise.all([process.pid, ...pool.pids].map(memoryOfProcess)),
  ])
  const main = process.threadCpuUsage()
  const all = process.cpuUsage()
  return {
    at: monotonicMs(),
    worker: [...workers.values()].reduce((sum, ms) => sum + ms, 0),
    own: own.cpuMs,
    main: (main.user + main.system) / 1_000,
    process: (all.user + all.system) / 1_000,
    memory: memories.reduce((sum, bytes) => sum + bytes, own.memory),
  }
}
