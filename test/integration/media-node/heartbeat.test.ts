import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HEARTBEAT_INTERVAL_MS } from '../../../shared/node-registry/node-registry.ts'
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
