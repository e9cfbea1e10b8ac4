import { setFlagsFromString } from 'node:v8'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { OLD_SPACE_FLAG } from './old-space.ts'

/** Starts a thread of a lane. V8 has the flag for the whole process, and heeds it when a thread starts. */
export function startThread(url: URL, options: WorkerOptions): Worker {
  setFlagsFromString(OLD_SPACE_FLAG)
  return new Worker(url, { ...options, name: 'caption-lane' })
}
