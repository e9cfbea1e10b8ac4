import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { monotonicMs } from '../../../media-node/captions/monotonic-clock.ts'
import type { WorkerPool } from '../../../media-node/sfu/worker-pool.ts'
import { sentStream, type Verdict, verdict } from './check.ts'
import { ffmpegWay } from './ffmpeg-way.ts'
import { lanesWay } from './lanes-way.ts'
import { mainThreadWay } from './main-thread-way.ts'
import { memoryOfProcess } from './process-use.ts'
import { SendingProcess } from './sending-process.ts'
import { openSpeakers } from './speakers.ts'
import { FRAME_MS, type SpeechTrack } from './speech-track.ts'
import type { Way, WayName, WayOptions } from './way.ts'

export type MeasureOptions = {
  readonly name: WayName
  readonly streams: number
  readonly seconds: number
  readonly lanes: number
  readonly tracks: readonly SpeechTrack[]
}

/** CPU in percent of a core, memory in bytes. */
export type Measurement = Verdict & {
  readonly name: WayName
  readonly streams: number
  readonly workerCpu: number
  readonly mainThreadCpu: number
  /** Of the lanes or of the processes. */
  readonly ownCpu: number
  /** Of all of them, and of what Node.js runs beside its threads. */
  readonly cpu: number
  readonly memory: number
  readonly packetsSent: number
  /** As many reached the main thread, where the way leads over it. */
  readonly packetsTapped: number
  readonly losses: ReadonlyMap<string, number>
  readonly senderCpu: number
  readonly senderLateP99Ms: number
  /** How long whatever else the main thread has to do waits for it, 99th percentile. */
  readonly mainThreadHeldP99Ms: number
}

/** Compilers and heaps settle before anything is measured. */
const WARM_UP_SECONDS = 4
/** For what is under way when the sender ends, and for a lane to notice that nothing more comes. */
const DRAIN_MS = 2_500

/** One way at one number of streams. */
export async function measure(pool: WorkerPool, options: MeasureOptions): Promise<Measurement> {
  const { name, streams, seconds, tracks } = options
  const packets = ((WARM_UP_SECONDS + seconds) * 1_000) / FRAME_MS
  const speakers = await openSpeakers(pool, streams, tracks)
  const firstTimestamps = speakers.streams.map(({ firstTimestamp }) => firstTimestamp)
  const way = await openWay(options, { rooms: speakers.rooms, firstTimestamps, packets })
  const sender = await SendingProcess.start({ tracks, streams: speakers.streams, packets })
  try {
    const sending = sender.send()
    sending.catch(() => undefined)
    await wait(WARM_UP_SECONDS * 1_000)
    const held = monitorEventLoopDelay({ resolution: 1 })
    held.enable()
    const before = await use(pool, way)
    await wait(seconds * 1_000)
    const after = await use(pool, way)
    held.disable()
    const sent = await sending
    await wait(DRAIN_MS)
    const sounds = speakers.streams.map((stream, index) =>
      sentStream(stream, tracks[stream.track] ?? [], sent.sentAt[index] ?? new Float64Array()),
    )
    const percent = (what: 'worker' | 'main' | 'own' | 'process') =>
      (100 * (after[what] - before[what])) / (after.at - before.at)
    return {
      ...verdict(way, sounds, await way.arrivals(), before.at),
      name,
      streams,
      workerCpu: percent('worker'),
      mainThreadCpu: percent('main'),
      ownCpu: percent('own'),
      cpu: percent('worker') + percent('process') + (name === 'ffmpeg' ? percent('own') : 0),
      memory: after.memory,
      packetsSent: streams * packets,
      packetsTapped: way.tappedAt.reduce((sum, times) => sum + times.filter((at) => at > 0).length, 0),
      losses: way.losses(),
      senderCpu: sent.cpu,
      senderLateP99Ms: sent.lateP99Ms,
      mainThreadHeldP99Ms: held.percentile(99) / 1e6,
    }
  } finally {
    sender.stop()
    await way.stop()
    speakers.close()
  }
}

function openWay({ name, lanes }: MeasureOptions, options: WayOptions): Promise<Way> {
  switch (name) {
    case 'lanes':
      return lanesWay({ ...options, lanes })
    case 'main thread':
      return mainThreadWay(options)
    case 'ffmpeg':
      return ffmpegWay(options)
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
