import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { startThread } from '../../../media-node/captions/start-thread.ts'

const KEEPING = new URL('./keeping-thread.ts', import.meta.url)

async function told(thread: Worker): Promise<{ kept: number; collections: number }> {
  const [answer] = await once(thread, 'message')
  await thread.terminate()
  return answer
}

test('[G151] a lane keeps 64 MiB without a collection of its whole heap, which another thread has', async () => {
  // This one first: V8 has the flag for all threads that start after it was set.
  const other = await told(new Worker(KEEPING))
  assert.equal(other.kept, 64)
  assert.notEqual(other.collections, 0)
  assert.deepEqual(await told(startThread(KEEPING, {})), { kept: 64, collections: 0 })
})
