import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../shared/clock.ts'
import { createEngine } from './create-engine.ts'
import type { EngineSettings } from './engine-settings.ts'
import { type EngineSource, EngineSupply } from './engine-supply.ts'
import { giveWay } from './give-way.ts'
import type { FromLane, LaneSettings, ToLane } from './lane-messages.ts'
import { LaneTally } from './lane-tally.ts'
import { LaneWork } from './lane-work.ts'
import { monotonicMs } from './monotonic-clock.ts'

/** Captions are late before anything else is, but still get half of what another process on a full machine gets. */
const LANE_STEPS = 3

const port = parentPort
if (port === null) throw new Error('a lane is a thread of a media node')
const post = (message: FromLane): void => port.postMessage(message)
const settings: LaneSettings = workerData
const { bufferMs, maxStreams, engine, fallback } = settings
const surroundings = { tally: new LaneTally(), clock: systemClock, random: Math.random }

try {
  const supply = new EngineSupply({
    ...surroundings,
    engine: sourceOf(engine),
    fallback: fallback && sourceOf(fallback),
    changed: (change) => post({ kind: 'engine', change }),
    streamLife: (life) => post({ kind: 'engine-stream', life }),
  })
  await supply.start()
  // Not before: libuv's threads, which serve the whole process, inherit the priority of the one that needs them first.
  giveWay(LANE_STEPS)
  const work = new LaneWork({
    ...surroundings,
    ...{ supply, bufferMs, maxStreams, post },
    now: monotonicMs,
    schedule: setImmediate,
  })
  // Native memory is not the thread's: it would outlive a thread that ends by an error.
  process.once('exit', () => work.close())
  port.on('message', (message: ToLane) => {
    work.handle(message)
    if (message.kind === 'stop') port.close()
  })
  post({ kind: 'ready', engineFailure: undefined })
} catch (error) {
  post({ kind: 'ready', engineFailure: error instanceof Error ? error.message : String(error) })
}

function sourceOf(settings: EngineSettings): EngineSource {
  return { name: settings.name, create: () => createEngine(settings, maxStreams) }
}
