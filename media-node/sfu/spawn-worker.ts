import { ChildProcess } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createInterface } from 'node:readline'
import { createWorker } from 'mediasoup'
import type { Worker } from 'mediasoup/types'
import { parseWorkerReport, type WorkerReport } from './worker-report.ts'

export type SpawnedWorker = {
  readonly worker: Worker
  /** Resolves when the process is gone and all that it said has been reported. */
  readonly ended: Promise<void>
}

/** Starts a media worker; the caller owns it, and closes it. */
export type SpawnWorker = (reported: (report: WorkerReport) => void) => Promise<SpawnedWorker>

/** All that a worker inherits: where its libraries are, and what a build with sanitizers reads. */
const INHERITED = ['LD_LIBRARY_PATH', 'ASAN_OPTIONS', 'UBSAN_OPTIONS']

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** mediasoup's worker: of `workerBin`, of MEDIASOUP_WORKER_BIN, or where mediasoup put it. */
export async function spawnWorker(
  reported: (report: WorkerReport) => void,
  workerBin?: string,
): Promise<SpawnedWorker> {
  const [child, creating] = childOf(() =>
    withoutSecrets(() => withoutSignals(() => createWorker(workerBin === undefined ? {} : { workerBin }))),
  )
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  // After 'exit' there may still be lines to read, and 'close' comes when there are none.
  child?.once('close', () => resolve())
  if (child?.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const report = parseWorkerReport(line)
      if (report !== undefined) reported(report)
    })
  }
  return { worker: await creating, ended }
}

/** The process that is started meanwhile: mediasoup keeps it to itself, and with it what the worker says. */
function childOf<T>(start: () => T): [ChildProcess | undefined, T] {
  let child: ChildProcess | undefined
  const started = (message: unknown) => {
    if (!(message instanceof Object && 'process' in message)) return
    if (message.process instanceof ChildProcess) child = message.process
  }
  subscribe('child_process', started)
  try {
    const result = start()
    return [child, result]
  } finally {
    unsubscribe('child_process', started)
  }
}

/** mediasoup hands the whole environment on, keys and tokens included, to the process that reads strangers' packets. */
function withoutSecrets<T>(start: () => T): T {
  const whole = process.env
  process.env = Object.fromEntries(Object.entries(whole).filter(([name]) => INHERITED.includes(name)))
  try {
    return start()
  } finally {
    process.env = whole
  }
}

/**
 * mediasoup closes its workers by itself at the first SIGTERM or SIGINT, which would cut calls off in the middle of a
 * graceful stop. Signals are the process's to answer.
 */
function withoutSignals<T>(start: () => T): T {
  const before = SIGNALS.map((signal) => process.listeners(signal))
  const result = start()
  SIGNALS.forEach((signal, index) => {
    for (const listener of process.listeners(signal)) {
      if (!before[index]?.includes(listener)) process.removeListener(signal, listener)
    }
  })
  return result
}
