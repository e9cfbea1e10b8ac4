import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { HEARTBEAT_INTERVAL_MS } from '../../../shared/node-registry/node-registry.ts'
import { NODE_ID, TestNode } from './test-node.ts'
import { until } from './until.ts'

async function startNode(t: TestContext): Promise<TestNode> {
  const node = await TestNode.start({ CONNECTIONS_PER_SECOND_PER_ADDRESS: '1000' })
  t.after(() => node.close())
  return node
}

/** Moves the clock to the next heartbeat and waits for it. */
async function beat(node: TestNode): Promise<void> {
  const heard = node.registry.nextReport()
  node.clock.advance(HEARTBEAT_INTERVAL_MS)
  await heard
}

test('[M110] of a room that moved, everybody is asked to follow and cut off after five seconds', async (t) => {
  const node = await startNode(t)
  const [one, two] = [await node.join({ roomId: 'away', epoch: 3 }), await node.join({ roomId: 'away', epoch: 3 })]
  const here = await node.join({ roomId: 'here' })
  node.registry.commands = [{ type: 'room-moved', roomId: 'away', epoch: 4 }]
  await beat(node)
  for (const { client } of [one, two]) {
    assert.deepEqual(await client.next('migrate'), { reason: 'moved', deadlineMs: 5_000 })
  }
  assert.equal(await node.refusal(await node.token({ roomId: 'away', epoch: 3 })), 'stale_allocation')
  await one.client.request('leave', {})
  await node.passTime(5_000, here, two)
  assert.deepEqual(await two.client.whenClosed(), { code: 4414, reason: 'stale_allocation' })
  await here.client.request('ping', {})
  const text = await node.node.metrics()
  for (const line of [
    'rooms_moved_total 1',
    'stale_tokens_refused_total 1',
    'migrations_total{reason="moved",outcome="left"} 1',
    'migrations_total{reason="moved",outcome="cut_off"} 1',
  ]) {
    assert.ok(text.includes(`jbcalling_${line}`), line)
  }
})

test('[M110] that a room moved before it came back here is no news', async (t) => {
  const node = await startNode(t)
  const { client } = await node.join({ roomId: 'back', epoch: 5 })
  node.registry.commands = [{ type: 'room-moved', roomId: 'back', epoch: 4 }]
  await beat(node)
  await node.join({ roomId: 'back', epoch: 5 })
  assert.deepEqual(
    client.inbox.filter(({ event }) => event === 'migrate'),
    [],
  )
})

test('[M111] a media node that was taken for gone looks up its rooms, and gives up what is of others', async (t) => {
  const node = await startNode(t)
  const names = ['mine', 'theirs', 'newer', 'forgotten']
  const rooms = new Map<string, Awaited<ReturnType<TestNode['join']>>>()
  for (const roomId of names) rooms.set(roomId, await node.join({ roomId }))
  node.roomStore.place('mine', NODE_ID, 1)
  node.roomStore.place('theirs', 'another-node', 2)
  node.roomStore.place('newer', NODE_ID, 2)
  await beat(node)
  assert.deepEqual(node.roomStore.asked, [])
  node.registry.wasAlive = false
  await beat(node)
  for (const roomId of ['theirs', 'newer']) {
    assert.equal((await rooms.get(roomId)?.client.next('migrate'))?.reason, 'moved')
  }
  await until(() => assert.deepEqual([...node.roomStore.asked].sort(), [...names].sort()))
  for (const roomId of ['mine', 'forgotten']) {
    const client = rooms.get(roomId)?.client
    await client?.request('ping', {})
    assert.deepEqual(client?.inbox, [])
  }
})

test('[M112] rooms are looked up again until the room store answers, and the calls in them go on', async (t) => {
  const node = await startNode(t)
  const { client } = await node.join({ roomId: 'theirs' })
  node.roomStore.place('theirs', 'another-node', 2)
  node.roomStore.away = true
  node.registry.wasAlive = false
  await beat(node)
  node.registry.wasAlive = true
  await until(() => assert.equal(node.roomStore.asked.length, 1))
  await beat(node)
  await until(() => assert.equal(node.roomStore.asked.length, 2))
  await client.request('ping', {})
  node.roomStore.away = false
  await beat(node)
  assert.equal((await client.next('migrate')).reason, 'moved')
})

test('[M113] rooms that opened are reported until the registry has heard of them', async (t) => {
  const node = await startNode(t)
  await node.join({ roomId: 'one' })
  node.registry.away = true
  await beat(node)
  await node.join({ roomId: 'two' })
  node.registry.away = false
  await beat(node)
  assert.deepEqual(node.registry.reports.at(-1)?.openedRooms, ['one', 'two'])
  await beat(node)
  assert.deepEqual(node.registry.reports.at(-1)?.openedRooms, [])
})

test('[M114] since when the registry has not heard of this media node can be seen', async (t) => {
  const node = await startNode(t)
  const age = async () => {
    const text = await node.node.metrics()
    return /^jbcalling_heartbeat_age_seconds (\S+)/m.exec(text)?.[1]
  }
  node.registry.away = true
  await beat(node)
  await beat(node)
  assert.equal(await age(), '2')
  node.registry.away = false
  await beat(node)
  assert.equal(await age(), '0')
})

test('[M115] when a worker dies only its rooms are interrupted, and the same tokens open them on another worker', async (t) => {
  const node = await TestNode.start({ WORKERS: '2' })
  t.after(() => node.close())
  const [one, two] = [await node.join({ roomId: 'one' }), await node.join({ roomId: 'two' })]
  const [pid = 0] = node.node.workerPids
  process.kill(pid, 'SIGKILL')
  const hit = await Promise.race([one, two].map(async (joined) => joined.client.closed.then(() => joined)))
  const spared = hit === one ? two : one
  assert.deepEqual(await hit.client.whenClosed(), { code: 4503, reason: 'unavailable' })
  const again = await node.join({ roomId: hit.welcome.roomId })
  assert.equal(again.welcome.epoch, hit.welcome.epoch)
  await spared.client.request('ping', {})
  await until(() => assert.equal(node.node.ready, true))
  assert.equal(node.node.counts().workers, 2)
})
