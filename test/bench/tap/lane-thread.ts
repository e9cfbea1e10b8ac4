import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { EngineSupply } from '../../../media-node/captions/engine-supply.ts'
import type { FromLane, LaneSettings, ToLane } from '../../../media-node/captions/lane-messages.ts'
import { LaneTally } from '../../../media-node/captions/lane-tally.ts'
import { LaneWork } from '../../../media-node/captions/lane-work.ts'
import { monotonicMs } from '../../../media-node/captions/monotonic-clock.ts'
import { systemClock } from '../../../shared/clock.ts'
import { DoorEngine } from './door-engine.ts'
import { DoorLog } from './door-log.ts'

/** The product's lane with an engine that only notes what comes to its door. */

const port = parentPort
if (port === null) throw new Error('a lane is a thread of a media node')
const { door, bufferMs, maxStreams }: LaneSettings & { door: MessagePort } = workerData
const post = (message: FromLane): void => port.postMessage(message)
const log = new DoorLog()
const surroundings = { tally: new LaneTally(), clock: systemClock, random: Math.random }
const supply = new EngineSupply({
  ...surroundings,
  engine: { name: 'door', create: async () => new DoorEngine(log) },
  fallback: undefined,
  changed: () => undefined,
})
await supply.start()
const work = new LaneWork({
  ...surroundings,
  ...{ supply, bufferMs, maxStreams, post },
  now: monotonicMs,
  schedule: setImmediate,
})
process.once('exit', () => work.close())
door.on('message', () => door.postMessage(log.cells()))
door.unref()
port.on('message', (message: ToLane) => {
  work.handle(message)
  if (message.kind === 'stop') {
    door.close()
    port.close()
  }
})
post({ kind: 'ready', engineFailure: undefined })
