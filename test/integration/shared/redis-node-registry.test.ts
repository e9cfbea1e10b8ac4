import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createClient } from 'redis'
import { type EmbeddedRedis, startRedis } from '../../../dev/embedded-redis.ts'
import { type FleetRegistry, RESERVATION_TTL_MS } from '../../../shared/node-registry/node-registry.ts'
import {
  type DropReason,
  type RedisNodeRegistryOptions,
  redisNodeRegistry,
} from '../../../shared/node-registry/redis-node-registry.ts'
import type { RegistryFault } from '../../../shared/node-registry/registry-fault.ts'
import { holdThisThread } from '../../hold-this-thread.ts'
import { nodeRegistryContract } from './node-registry-contract.ts'
import { RedisTime } from './redis-time.ts'
import { type NodeRegistryUnderTest, report } from './registry-under-test.ts'

const CHATTER_INTERVAL_MS = 100

const newNamespace = () => `test-${randomUUID()}`
const heartbeatsOf = (namespace: string) => `{${namespace}}:heartbeats`
const reservedOn = (namespace: string, nodeId: string) => `{${namespace}}:reserved:${nodeId}`
const commandsFor = (namespace: string, nodeId: string) => `{${namespace}}:commands:${nodeId}`

async function openClient(url: string) {
  const client = createClient({ url })
  await client.connect()
  return client
}

async function underTest(url: string, stopServer: () => Promise<void>): Promise<NodeRegistryUnderTest> {
  const namespace = newNamespace()
  const time = await RedisTime.open(url, namespace)
  let overflowed = 0
  const onDropped = (reason: DropReason, count: number) => {
    if (reason === 'command_overflow') overflowed += count
  }
  const registry = redisNodeRegistry({ url, namespace, onDropped })
  return {
    registry,
    overflowed: () => overflowed,
    passTime: (ms) => time.pass(ms),
    async stop() {
      await registry.close()
      time.close()
      await stopServer()
    },
  }
}

/** A registry that is closed when the test ends. */
function openRegistry(t: TestContext, options: RedisNodeRegistryOptions): FleetRegistry {
  const registry = redisNodeRegistry(options)
  t.after(() => registry.close())
  return registry
}

/** Longer than any call to a store or to the registry may take. */
const HOLD_MS = 2_500

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
    assert.deepEqual((await registry.heartbeat(said)).commands, [])
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
    assert.deepEqual((await second.heartbeat(said)).commands, [command])
    assert.deepEqual((await second.heartbeat(said)).commands, [])
  })

  test('[N10] everything the registry keeps in Redis expires', async (t) => {
    const namespace = newNamespace()
    const registry = openRegistry(t, { url: redis.url, namespace })
    const client = await openClient(redis.url)
    t.after(() => client.destroy())
    const said = report()
    await registry.heartbeat(said)
    await registry.send(said.nodeId, { type: 'close-room', roomId: 'waits', epoch: 1 })
    for (const roomId of ['expires', 'waits']) await registry.reserve({ roomId, limit: 1, firm: true })
    const time = await RedisTime.open(redis.url, namespace)
    t.after(() => time.close())
    await time.age(reservedOn(namespace, said.nodeId), RESERVATION_TTL_MS, 'expires')
    await registry.heartbeat(said)
    const keys = await client.keys(`{${namespace}}:*`)
    const pools = ['placeable', 'placeable-firm', 'placeable-firm:eu', 'placeable:eu']
    const made = ['commands:*', 'heartbeats', ...pools, 'reports', 'reserved', 'reserved-firm:*', 'reserved:*']
    const named = made.map((key) => `{${namespace}}:${key.replace('*', said.nodeId)}`)
    assert.deepEqual(keys.sort(), named)
    for (const key of keys) assert.ok((await client.pTTL(key)) > 0, key)
  })

  test('[N10] a heartbeat forgets the nodes that are gone', async (t) => {
    const namespace = newNamespace()
    const registry = openRegistry(t, { url: redis.url, namespace })
    const client = await openClient(redis.url)
    t.after(() => client.destroy())
    await client.zAdd(heartbeatsOf(namespace), { score: 1, value: 'long-gone' })
    await client.hSet(`{${namespace}}:reports`, 'long-gone', JSON.stringify(report('long-gone')))
    for (const pool of ['placeable', 'placeable:eu']) {
      await client.zAdd(`{${namespace}}:${pool}`, { score: 0, value: 'long-gone' })
    }
    await registry.heartbeat(report('new'))
    assert.deepEqual(await client.hKeys(`{${namespace}}:reports`), ['new'])
    assert.deepEqual(await client.zRange(heartbeatsOf(namespace), 0, -1), ['new'])
    assert.deepEqual(await client.zRange(`{${namespace}}:placeable`, 0, -1), ['new'])
    assert.deepEqual(await client.zRange(`{${namespace}}:placeable:eu`, 0, -1), ['new'])
  })

  test('[N10] a fleet that died at once does not keep a room from the one who is left', async (t) => {
    const namespace = newNamespace()
    const registry = openRegistry(t, { url: redis.url, namespace })
    const client = await openClient(redis.url)
    t.after(() => client.destroy())
    await registry.heartbeat(report('left', { load: 0.7 }))
    const dead = Array.from({ length: 1_500 }, (_, index) => ({ score: 0, value: `dead-${index}` }))
    await client.zAdd(`{${namespace}}:placeable`, dead)
    await client.zAdd(`{${namespace}}:placeable:eu`, dead)
    const { node, reason } = await registry.reserve({ roomId: 'standup', region: 'eu', limit: 0.8, firm: true })
    assert.deepEqual([node?.nodeId, reason], ['left', 'in_region'])
  })

  test('[N8] what somebody else wrote into the registry takes no room', async (t) => {
    const namespace = newNamespace()
    const dropped: DropReason[] = []
    const registry = openRegistry(t, { url: redis.url, namespace, onDropped: (reason) => dropped.push(reason) })
    const client = await openClient(redis.url)
    t.after(() => client.destroy())
    await registry.heartbeat(report('good', { load: 0.7 }))
    const rubbish = { bad: 'not json', worse: '{"nodeId":7}', worst: '[]', half: '{"load":0,"region":"eu"}' }
    for (const [nodeId, stored] of Object.entries(rubbish)) {
      await client.zAdd(heartbeatsOf(namespace), { score: Date.now(), value: nodeId })
      await client.zAdd(`{${namespace}}:placeable`, { score: 0, value: nodeId })
      await client.hSet(`{${namespace}}:reports`, nodeId, stored)
    }
    const { node } = await registry.reserve({ roomId: 'standup', limit: 0.8, firm: true })
    assert.equal(node?.nodeId, 'good')
    assert.ok(dropped.length > 0)
  })

  test('[N19] a node whose last heartbeat was not answered is told to look after its rooms', async (t) => {
    const own = await startRedis()
    t.after(() => own.stop())
    const registry = openRegistry(t, { url: own.url })
    const said = report()
    await registry.heartbeat(said)
    process.kill(own.pid, 'SIGSTOP')
    t.after(() => own.process.kill())
    await assert.rejects(registry.heartbeat(said), { code: 'unavailable' })
    process.kill(own.pid, 'SIGCONT')
    await eventually(() => registry.ping())
    assert.deepEqual(
      [(await registry.heartbeat(said)).wasAlive, (await registry.heartbeat(said)).wasAlive],
      [false, true],
    )
  })

  test('[N80] a connection outlasts a time in which this process did not run', async (t) => {
    const faults: RegistryFault[] = []
    const registry = openRegistry(t, {
      url: redis.url,
      namespace: newNamespace(),
      onFault: (fault) => faults.push(fault),
    })
    const said = report()
    await registry.heartbeat(said)
    // Timers are what Node sees first after this.
    await nextTurn()
    holdThisThread(HOLD_MS)
    await registry.heartbeat(said)
    assert.deepEqual(faults, [])
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
