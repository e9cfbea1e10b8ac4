import { Worker } from 'node:worker_threads'
import type { Logger } from '../shared/logging.ts'
import { HEARTBEAT_INTERVAL_MS } from '../shared/node-registry/node-registry.ts'
import type { RedisLocation } from '../shared/node-registry/primary-address.ts'

export const STAND_IN_TICK_MS = HEARTBEAT_INTERVAL_MS / 2

/** Without a heartbeat for 1.5 s the main thread is late; without one for 10 s it hangs, and nobody stands in for it. */
const LATE_TICKS = 3
const HUNG_TICKS = 20

export type StandInData = {
  readonly redis: RedisLocation
  readonly nodeId: string
  /** One 32-bit count of the heartbeats that the registry heard. */
  readonly beats: SharedArrayBuffer
}

/** Speaks for a media node whose main thread has no time for its heartbeats. */
export type StandIn = {
  /** The registry has heard a heartbeat. */
  heard(): void
  /** The thread ends by itself. */
  close(): void
}

/**
 * Starts the thread that tells the registry the media node is alive while its main thread is late. Media and captions cannot
 * keep the thread from running. When it fails, which is logged, there are only the main thread's own heartbeats.
 */
export function startStandIn(options: Omit<StandInData, 'beats'> & { logger: Logger }): StandIn {
  const { logger, ...node } = options
  const beats = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const workerData: StandInData = { ...node, beats }
  const thread = new Worker(new URL('./heartbeat-thread.ts', import.meta.url), { workerData, name: 'heartbeat' })
  thread.unref()
  thread.on('error', (err) => logger.error({ err }, 'nobody stands in for heartbeats that are late'))
  const count = new Int32Array(beats)
  return {
    heard: () => {
      Atomics.add(count, 0, 1)
    },
    close: () => void thread.terminate(),
  }
}

/** Says when to stand in, from how often the registry has heard a heartbeat. Ticks are counted, as the thread may be late too. */
export class LateHeartbeats {
  #beats = 0
  #ticks = 0

  /** To be called every `STAND_IN_TICK_MS`; answers whether to stand in for a heartbeat now. */
  tick(beats: number): boolean {
    this.#ticks = beats === this.#beats ? this.#ticks + 1 : 0
    this.#beats = beats
    return beats > 0 && this.#ticks >= LATE_TICKS && this.#ticks < HUNG_TICKS
  }
}
