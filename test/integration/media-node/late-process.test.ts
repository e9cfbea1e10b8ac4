import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { startRedis } from '../../../dev/embedded-redis.ts'
import { NODE_TTL_MS } from '../../../shared/node-registry/node-registry.ts'
import { redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import { MediaNodeProcess } from './media-node-process.ts'
import { NODE_ID } from './test-node.ts'
import { until } from './until.ts'

const HOLD_MS = NODE_TTL_MS + 500

test('[M495] a media node whose main thread is held up stays in the registry, and one whose process is frozen does not', async (t) => {
  const redis = await startRedis()
  t.after(() => redis.stop())
  const registry = redisNodeRegistry({ url: redis.url })
  t.after(() => registry.close())
  const node = new MediaNodeProcess({ NODE_ID, REDIS_URL: redis.url, NODE_OPTIONS: '--inspect=127.0.0.1:0' })
  t.after(() => node.child.kill('SIGKILL'))
  await node.port()
  const isAlive = async () => (await registry.alive()).some(({ nodeId }) => nodeId === NODE_ID)
  await until(async () => assert.ok(await isAlive()))
  let isHeld = true
  const held = holdMainThread(inspectorOf(node)).finally(() => {
    isHeld = false
  })
  while (isHeld) assert.ok(await isAlive())
  await held
  node.child.kill('SIGSTOP')
  await until(async () => assert.equal(await isAlive(), false))
})

function inspectorOf({ stderr }: MediaNodeProcess): string {
  const address = /Debugger listening on (ws:\S+)/.exec(stderr)?.[1]
  assert.ok(address)
  return address
}

/** Settles when the main thread runs again. */
async function holdMainThread(inspector: string): Promise<void> {
  const socket = new WebSocket(inspector)
  await once(socket, 'open')
  const expression = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${HOLD_MS})`
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }))
  await once(socket, 'message')
  socket.close()
}
