import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { createClient } from 'redis'
import { startRedis } from '../../../dev/embedded-redis.ts'
import { LateHeartbeats, startStandIn } from '../../../media-node/heartbeat-stand-in.ts'
import { createLogger } from '../../../shared/logging.ts'
import { HEARTBEAT_INTERVAL_MS, NODE_TTL_MS } from '../../../shared/node-registry/node-registry.ts'
import { redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import { holdThisThread } from '../../hold-this-thread.ts'
import { report } from '../shared/registry-under-test.ts'
import { TestNode } from './test-node.ts'
import { until } from './until.ts'

/** Moves the clock to the next heartbeat and waits for it. */
function beat(node: TestNode) {
  const heard = node.registry.nextReport()
  node.clock.advance(HEARTBEAT_INTERVAL_MS)
  return heard
}

test('[M60] each second the registry hears where this media node is and what it holds', async (t) => {
  const node = await TestNode.start({
    PUBLIC_URL: 'wss://media.example/media/a',
    INTERNAL_URL: 'http://127.0.0.1:8081',
    REGION: 'eu',
  })
  t.after(() => node.close())
  await node.join()
  await node.join({ roomId: 'another' })
  const { load, version, ...report } = await beat(node)
  assert.deepEqual(report, {
    nodeId: 'node-under-test',
    url: 'wss://media.example/media/a/v1/signalling',
    internalUrl: 'http://127.0.0.1:8081',
    region: 'eu',
    rooms: 2,
    participants: 2,
    draining: false,
    openedRooms: ['room', 'another'],
  })
  assert.ok(load >= 0 && load <= 1)
  assert.match(version, /^\d+\.\d+\.\d+/)
})

test('[M61] a registry that is away costs no call, and is told again when it is back', async (t) => {
  const node = await TestNode.start()
  t.after(() => node.close())
  const { client } = await node.join()
  node.registry.away = true
  await beat(node)
  await beat(node)
  await client.request('ping', {})
  assert.equal(node.node.ready, true)
  await node.join()
  node.registry.away = false
  assert.equal((await beat(node)).participants, 2)
  assert.equal(node.registry.reports.at(-1)?.participants, 2)
})

test('[M62] a stop says draining, tells everybody to join elsewhere, and leaves the registry', async () => {
  const node = await TestNode.start()
  const { client } = await node.join()
  const joining = await node.connect()
  await node.close()
  assert.deepEqual(await client.whenClosed(), { code: 4502, reason: 'draining' })
  assert.deepEqual(await joining.whenClosed(), { code: 4502, reason: 'draining' })
  assert.equal(node.registry.reports.at(-1)?.draining, true)
  assert.deepEqual(node.registry.left, ['node-under-test'])
})

test('[M89] rooms that have just opened and participants up to the most it takes are in the load', async (t) => {
  const node = await TestNode.start({ MAX_PARTICIPANTS: '2' })
  t.after(() => node.close())
  const present = [await node.join(), await node.join()]
  const first = await beat(node)
  assert.ok(first.load >= 0.02, `a young room counts: ${first.load}`)
  await until(async () => {
    await node.passTime(HEARTBEAT_INTERVAL_MS, ...present)
    const load = node.registry.reports.at(-1)?.load ?? 0
    assert.ok(load > 0.9, `full by participants: ${load}`)
  })
})

test('[M490] a media node whose main thread has no time for its heartbeats stays alive in the registry', async (t) => {
  const redis = await startRedis()
  t.after(() => redis.stop())
  const registry = redisNodeRegistry({ url: redis.url })
  t.after(() => registry.close())
  const said = report(randomUUID())
  const logger = createLogger({ name: 'test', level: 'silent' })
  const standIn = startStandIn({ redis: { url: redis.url }, nodeId: said.nodeId, logger })
  t.after(() => standIn.close())
  await threadIsConnected(redis.url)
  await registry.heartbeat(said)
  standIn.heard()
  holdThisThread(NODE_TTL_MS + 1_000)
  assert.equal((await registry.heartbeat(said)).wasAlive, true)
})

test('[M491] nobody stands in for a heartbeat that came, nor for a main thread that has hung for ten seconds', () => {
  const late = new LateHeartbeats()
  const stoodIn = (ticks: number, beatsAt: (tick: number) => number) =>
    Array.from({ length: ticks }, (_, tick) => late.tick(beatsAt(tick))).filter(Boolean).length
  assert.equal(
    stoodIn(40, () => 0),
    0,
    'the registry has never heard of it',
  )
  assert.equal(
    stoodIn(40, (tick) => 1 + Math.floor(tick / 3)),
    0,
    'a beat at every third tick',
  )
  assert.equal(
    stoodIn(1, () => 20),
    0,
  )
  assert.equal(
    stoodIn(100, () => 20),
    17,
    'from 1.5 s to 10 s after the last one',
  )
})

test('[M492] a media node tells its stand-in of each heartbeat that was heard, and ends it when it leaves', async () => {
  let [heard, closed] = [0, 0]
  const startStandIn = () => ({ heard: () => (heard += 1), close: () => (closed += 1) })
  const node = await TestNode.start({}, { startStandIn })
  await beat(node)
  assert.deepEqual([heard, closed], [2, 0])
  node.registry.away = true
  await beat(node)
  assert.deepEqual([heard, closed], [2, 0])
  await node.close()
  assert.equal(closed, 1)
})

/** Beside the thread there are the test's two registries and the one who looks. */
async function threadIsConnected(url: string): Promise<void> {
  const client = createClient({ url })
  await client.connect()
  await until(async () => assert.equal((await client.clientList()).length, 3))
  client.destroy()
}
