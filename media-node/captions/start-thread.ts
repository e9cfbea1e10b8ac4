import { setFlagsFromString } from 'node:v8'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * A thread that keeps seconds of many speakers' sound fills a heap as small as V8 gives it once or twice a second, and
 * each collection of it holds up everybody by 5 to 13 ms. So much is not collected before it is worth it.
 */
const OLD_SPACE_MB = 256

/** Starts a thread of a lane. V8 has this size for the whole process, and takes it when a thread starts. */
export function startThread(url: URL, options: WorkerOptions): Worker {
  setFlagsFromString(`--initial-old-space-size=${OLD_SPACE_MB}`)
  return new Worker(url, { ...options, name: 'caption-lane' })
}
