import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../shared/clock.ts'
import { createEngine } from './create-engine.ts'
import type { FromLane, LaneSettings, ToLane } from './lane-messages.ts'
import { LaneWork } from './lane-work.ts'
import { monotonicMs } from './monotonic-clock.ts'

const port = parentPort
if (port === null) throw new Error('a lane is a thread of a media node')
const post = (message: FromLane): void => port.postMessage(message)
const settings: LaneSettings = workerData

try {
  const engine = await createEngine(settings.engine, settings.maxStreams)
  const work = new LaneWork({
    engine,
    bufferMs: settings.bufferMs,
    maxStreams: settings.maxStreams,
    post,
    clock: systemClock,
    now: monotonicMs,
    random: Math.random,
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
