import { workerData } from 'node:worker_threads'
import { redisNodeRegistry } from '../shared/node-registry/redis-node-registry.ts'
import { LateHeartbeats, STAND_IN_TICK_MS, type StandInData } from './heartbeat-stand-in.ts'

const { redis, nodeId, beats }: StandInData = workerData
const registry = redisNodeRegistry(redis)
const count = new Int32Array(beats)
const late = new LateHeartbeats()

setInterval(() => {
  if (!late.tick(Atomics.load(count, 0))) return
  // A registry that is away is the main thread's to tell of.
  registry.stillAlive(nodeId).catch(() => undefined)
}, STAND_IN_TICK_MS)
