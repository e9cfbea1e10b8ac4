import { parentPort } from 'node:worker_threads'
import '../../../media-node/captions/lane-thread.ts'

/** A real lane whose thread stops for ever when it is told to. */
parentPort?.on('message', (message: { kind: string }) => {
  if (message.kind === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})
