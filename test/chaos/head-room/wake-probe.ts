import { Worker } from 'node:worker_threads'
import { percentile } from '../../bench/figures.ts'

const SLEEP_MS = 10
/** More than there can be between two looks of a fault. */
const MOST_WAKES = 20_000

/** Sleeps and tells how late it woke, and does nothing else: what delays it is the machine. */
const SLEEPER = `
  const { parentPort } = require('node:worker_threads')
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    const before = performance.now()
    Atomics.wait(never, 0, 0, ${SLEEP_MS})
    parentPort.postMessage(performance.now() - before - ${SLEEP_MS})
  }`

/** A thread that belongs to no part of what is tested, of the priority that everything here has. */
export class WakeProbe {
  readonly #thread = new Worker(SLEEPER, { eval: true })
  #late: number[] = []

  constructor() {
    this.#thread.on('message', (lateMs: number) => {
      if (this.#late.length < MOST_WAKES) this.#late.push(lateMs)
    })
  }

  /** By how many milliseconds the latest hundredth of its wakes came late at least, since this was called last. */
  take(): number {
    const late = this.#late
    this.#late = []
    return late.length === 0 ? Number.POSITIVE_INFINITY : percentile(late, 0.99)
  }

  async close(): Promise<void> {
    await this.#thread.terminate()
  }
}
