import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { HEARTBEAT_INTERVAL_MS, type NodeCommand } from '../../../shared/node-registry/node-registry.ts'
import { TestNode } from './test-node.ts'
import { until } from './until.ts'

async function startNode(t: TestContext): Promise<TestNode> {
  const node = await TestNode.start({ CONNECTIONS_PER_SECOND_PER_ADDRESS: '1000' })
  t.after(() => node.close())
  return node
}

/** Has the media node's next heartbeat bring it a command. */
async function command(node: TestNode, given: NodeCommand): Promise<void> {
  const heard = node.registry.nextReport()
  node.registry.commands = [given]
  node.clock.advance(HEARTBEAT_INTERVAL_MS)
  await heard
}

const drain = (node: TestNode, deadlineSeconds: number) => command(node, { type: 'drain', deadlineSeconds })
const metrics = async (node: TestNode) => await node.node.metrics()
const isReady = async (node: TestNode) => (await fetch(`http://127.0.0.1:${node.node.port}/ready`)).ok
const isHealthy = async (node: TestNode) => (await fetch(`http://127.0.0.1:${node.node.port}/health`)).ok

test('[M100] a drain is heard by the registry before anybody is asked to move, and is not ready but healthy', async (t) => {
  const node = await startNode(t)
  const { client } = await node.join()
  await drain(node, 60)
  assert.deepEqual(await client.next('migrate'), { reason: 'draining', deadlineMs: 60_000 })
  assert.equal(node.registry.reports.at(-1)?.draining, true)
  assert.deepEqual([await isReady(node), await isHealthy(node)], [false, true])
  assert.match(await metrics(node), /jbcalling_draining 1/)
})

test('[M101] rooms are asked to move so many people at a time', async (t) => {
  const node = await startNode(t)
  const rooms: string[][] = [[], [], []]
  for (const [index, told] of rooms.entries()) {
    for (let member = 0; member < 6; member++) {
      const { client } = await node.join({ roomId: `room-${index}` })
      void client.next('migrate').then(
        () => told.push('asked'),
        () => undefined,
      )
    }
  }
  const asked = () => rooms.map(({ length }) => length)
  await drain(node, 60)
  await until(() => assert.deepEqual(asked(), [6, 6, 0]))
  node.clock.advance(100)
  await until(() => assert.deepEqual(asked(), [6, 6, 6]))
})

test('[M102] a room ends when everybody has moved, and who is left at the deadline is told draining', async (t) => {
  const node = await startNode(t)
  const [leaves, stays] = [await node.join({ roomId: 'quick' }), await node.join({ roomId: 'slow' })]
  await drain(node, 20)
  await Promise.all([leaves, stays].map(({ client }) => client.next('migrate')))
  await leaves.client.request('leave', {})
  assert.equal(node.node.counts().rooms, 1)
  await node.passTime(19_900, stays)
  await stays.client.request('ping', {})
  node.clock.advance(100)
  assert.deepEqual(await stays.client.whenClosed(), { code: 4502, reason: 'draining' })
  const text = await metrics(node)
  for (const outcome of ['asked"} 2', 'left"} 1', 'cut_off"} 1']) {
    assert.ok(text.includes(`jbcalling_migrations_total{reason="draining",outcome="${outcome}`), outcome)
  }
  assert.equal(await node.refusal(await node.token()), 'draining')
})

test('[M103] who comes or comes back during a drain is let in, and asked to move right after', async (t) => {
  const node = await startNode(t)
  const one = await node.join({ roomId: 'present', participantId: 'one' })
  await drain(node, 60)
  await one.client.next('migrate')
  one.client.socket.terminate()
  await until(() => assert.equal(node.node.counts().suspendedParticipants, 1))
  const back = node.open(undefined, { resumeToken: one.welcome.resumeToken })
  await back.next('resumed')
  assert.equal((await back.next('migrate')).reason, 'draining')
  for (const roomId of ['present', 'new']) {
    const { client } = await node.join({ roomId })
    assert.equal((await client.next('migrate')).reason, 'draining')
  }
})

test('[M104] a cancelled drain lets everybody stay, and a drain asked for again has the new deadline', async (t) => {
  const node = await startNode(t)
  const { client, ...rest } = await node.join()
  await drain(node, 10)
  await client.next('migrate')
  await drain(node, 30)
  assert.equal((await client.next('migrate')).deadlineMs, 30_000)
  await command(node, { type: 'cancel-drain' })
  await until(() => assert.equal(node.registry.reports.at(-1)?.draining, false))
  await node.passTime(60_000, { client, ...rest })
  await client.request('ping', {})
  assert.equal(await isReady(node), true)
  const { client: other } = await node.join()
  await other.request('ping', {})
  assert.deepEqual(
    other.inbox.filter(({ event }) => event === 'migrate'),
    [],
  )
})

test('[M105] a media node that retires waits for the last one to go, and no command keeps it', async (t) => {
  const node = await startNode(t)
  const { client } = await node.join()
  const retired = node.node.retire(60_000)
  await client.next('migrate')
  await command(node, { type: 'cancel-drain' })
  assert.equal(node.node.draining, true)
  await client.request('leave', {})
  node.clock.advance(100)
  assert.equal(await retired, 'empty')
})

test('[M106] a drain does not wait for a registry that is away', async (t) => {
  const node = await startNode(t)
  const { client } = await node.join()
  node.registry.away = true
  const retired = node.node.retire(10_000)
  await client.next('migrate')
  node.clock.advance(10_000)
  assert.equal(await retired, 'deadline')
  assert.deepEqual(await client.whenClosed(), { code: 4502, reason: 'draining' })
})
