import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before, describe, type TestContext, test } from 'node:test'
import { createClient } from 'redis'
import { type EmbeddedRedis, startRedis } from '../../../dev/embedded-redis.ts'
import type { NodeRegistry } from '../../../shared/node-registry/node-registry.ts'
import {
  type DropReason,
  type RedisNodeRegistryOptions,
  redisNodeRegistry,
} from '../../../shared/node-registry/redis-node-registry.ts'
import { type NodeRegistryUnderTest, nodeRegistryContract, report } from './node-registry-contract.ts'

const CHATTER_INTERVAL_MS = 100

const newNamespace = () => `test-${randomUUID()}`
const heartbeatsOf = (namespace: string) => `{${namespace}}:heartbeats`
const commandsFor = (namespace: string, nodeId: string) => `{${namespace}}:commands:${nodeId}`

async function openClient(url: string) {
  const client = createClient({ url })
  await client.connect()
  return client
}

async function underTest(url: string, stopServer: () => Promise<void>): Promise<NodeRegistryUnderTest> {
  const namespace = newNamespace()
  const client = await openClient(url)
  let overflowed = 0
  const onDropped = (reason: DropReason, count: number) => {
    if (reason === 'command_overflow') overflowed += count
  }
  const registry = redisNodeRegistry({ url, namespace, onDropped })
  return {
    registry,
    overflowed: () => overflowed,
    async passTime(ms) {
      for (const nodeId of await client.zRange(heartbeatsOf(namespace), 0, -1)) {
        await client.zIncrBy(heartbeatsOf(namespace), -ms, nodeId)
      }
    },
    async stop() {
      await registry.close()
      client.destroy()
      await stopServer()
    },
  }
}

/** A registry that is closed when the test ends. */
function openRegistry(t: TestContext, options: RedisNodeRegistryOptions): NodeRegistry {
  const registry = redisNodeRegistry(options)
  t.after(() => registry.close())
  return registry
}

nodeRegistryContract('a Redis of our own', async () => {
  const redis = await startRedis()
  return underTest(redis.url, () => redis.stop())
})

const { REDIS_URL } = process.env
if (REDIS_URL) nodeRegistryContract('the Redis of REDIS_URL', () => underTest(REDIS_URL, async () => undefined))

describe('the node registry on a Redis that misbehaves', () => {
  let redis: EmbeddedRedis
  before(async () => {
    redis = await startRedis()
  })
  after(() => redis.stop())

  test('[N8] what somebody else wrote into the registry hides nobody and is counted', async (t) => {
    const namespace = newNamespace()
    const dropped: DropReason[] = []
    const registry = openRegistry(t, { url: redis.url, namespace, onDropped: (reason) => dropped.push(reason) })
    const client = await openClient(redis.url)
    t.after(() => client.destroy())
    const said = report('good')
    await registry.heartbeat(said)
    for (const [nodeId, rubbish] of Object.entries({ bad: 'not json', worse: '{"nodeId":7}', worst: '[]' })) {
      await client.zAdd(heartbeatsOf(namespace), { score: Date.now() + 1_000, value: nodeId })
      await client.hSet(`{${namespace}}:reports`, nodeId, rubbish)
    }
    await client.xAdd(commandsFor(namespace, 'good'), '*', { command: 'rm -rf' })
    await client.xAdd(commandsFor(namespace, 'good'), '*', { other: 'field' })
    assert.deepEqual(
      (await registry.alive()).map(({ nodeId }) => nodeId),
      ['good'],
    )
    assert.equal(await registry.find('worse'), undefined)
    assert.deepEqual(await registry.heartbeat(said), [])
    assert.deepEqual(dropped, ['unreadable', 'unreadable', 'unreadable'])
  })

  test('[N9] a command whose delivery was lost comes again', async (t) => {
    const namespace = newNamespace()
    const [first, second] = [0, 1].map(() => openRegistry(t, { url: redis.url, namespace }))
    assert.ok(first && second)
    const said = report()
    const command = { type: 'close-room', roomId: 'lost', epoch: 1 } as const
    await first.send(said.nodeId, command)
    await first.heartbeat(said)
    assert.deepEqual(await second.heartbeat(said), [command])
    assert.deepEqual(await second.heartbeat(said), [])
  })

  test('[N10] everything the registry keeps in Redis expires', async (t) => {
    const namespace = newNamespace()
    const registry = openRegistry(t, { url: redis.url, namespace })
    const client = await openClient(redis.url)
    t.after(() => client.destroy())
    const said = report()
    await registry.heartbeat(said)
    await registry.send(said.nodeId, { type: 'close-room', roomId: 'waits', epoch: 1 })
    const keys = [heartbeatsOf(namespace), `{${namespace}}:reports`, commandsFor(namespace, said.nodeId)]
    for (const key of keys) assert.ok((await client.pTTL(key)) > 0, key)
  })

  test('[N10] a heartbeat forgets the nodes that are gone', async (t) => {
    const namespace = newNamespace()
    const registry = openRegistry(t, { url: redis.url, namespace })
    const client = await openClient(redis.url)
    t.after(() => client.destroy())
    await client.zAdd(heartbeatsOf(namespace), { score: 1, value: 'long-gone' })
    await client.hSet(`{${namespace}}:reports`, 'long-gone', JSON.stringify(report('long-gone')))
    await registry.heartbeat(report('new'))
    assert.deepEqual(await client.hKeys(`{${namespace}}:reports`), ['new'])
  })

  test('[N11] a frozen Redis is unavailable, and the registry works again when it goes on', async (t) => {
    const own = await startRedis()
    t.after(() => own.stop())
    const registry = openRegistry(t, { url: own.url })
    await registry.ping()
    process.kill(own.pid, 'SIGSTOP')
    t.after(() => own.process.kill())
    await assert.rejects(registry.alive(), { code: 'unavailable' })
    await assert.rejects(registry.heartbeat(report()), { code: 'unavailable' })
    process.kill(own.pid, 'SIGCONT')
    await eventually(() => registry.ping())
  })

  test('[N11] a server that talks but never answers is unavailable', async (t) => {
    const registry = openRegistry(t, { url: await startChatterbox(t) })
    await assert.rejects(registry.alive(), { code: 'unavailable' })
    await assert.rejects(registry.heartbeat(report()), { code: 'unavailable' })
  })

  test('[N12] a Redis that died is unavailable, and the registry finds it when it is back', async (t) => {
    const own = await startRedis()
    t.after(() => own.stop())
    const registry = openRegistry(t, { url: own.url })
    await registry.ping()
    await own.stop()
    await assert.rejects(registry.find('any'), { code: 'unavailable' })
    const back = await startRedis({ port: own.port })
    t.after(() => back.stop())
    await eventually(() => registry.ping())
  })

  test('[N12] a Redis that was never there is unavailable', async (t) => {
    const own = await startRedis()
    t.after(() => own.stop())
    await own.stop()
    const registry = openRegistry(t, { url: own.url })
    await assert.rejects(registry.alive(), { code: 'unavailable' })
  })
})

/** Tries until it works. Each try has the adapter's own deadline, and the runner ends what never works. */
async function eventually(attempt: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await attempt()
    } catch {
      await new Promise(setImmediate)
    }
  }
}

/** Greets a client as Redis does, then only pushes messages at it (RESP3), so that the connection is never silent. */
async function startChatterbox(t: TestContext): Promise<string> {
  const greeting = ['%0\r\n', '+OK\r\n', '+OK\r\n']
  const server = createServer((socket) => {
    const chatter = setInterval(() => socket.write('>1\r\n+noise\r\n'), CHATTER_INTERVAL_MS)
    const replies = [...greeting]
    socket.on('error', () => undefined)
    socket.on('close', () => clearInterval(chatter))
    socket.on('data', (data) => {
      for (const _command of data.toString().matchAll(/\*\d+\r\n/g)) socket.write(replies.shift() ?? '')
    })
    t.after(() => socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  return `redis://127.0.0.1:${address.port}`
}
