import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLACING_FROM_MEMORY_MS } from '../../../control-plane/known-fleet.ts'
import { joinAnswer, room } from '../../../shared/api.ts'
import { NODE_MEMORY_MS, NODE_TTL_MS, RESERVED_LOAD } from '../../../shared/node-registry/node-registry.ts'
import type { SettableClock } from '../shared/settable-clock.ts'
import { assertProblem, nodeReport, testControlPlane } from './test-control-plane.ts'

/** A room on node `host`, and another media node beside it that is fuller. */
async function placedRoom(env: Readonly<Record<string, string>> = {}) {
  const plane = testControlPlane(env)
  const beat = async () => {
    await plane.registry.heartbeat(nodeReport('host', { load: 0.1 }))
    await plane.registry.heartbeat(nodeReport('other', { load: 0.5 }))
  }
  await beat()
  assert.equal((await plane.post('/v1/rooms', { roomId: 'standup' })).status, 201)
  const join = async (other: object = {}) => {
    const answer = await plane.post('/v1/rooms/standup/join', { displayName: 'Ada', ...other })
    const { nodeId, epoch } = joinAnswer.parse(await answer.json())
    return [nodeId, epoch]
  }
  const joinLost = () => join({ lostNodeId: 'host' })
  const metrics = async () => (await plane.app.request('/metrics')).text()
  return { ...plane, beat, join, joinLost, metrics }
}

/** Resolves once a request that was made looks for the next heartbeat; its own timeout waits as well. */
async function looksForHeartbeat(clock: SettableClock): Promise<void> {
  while (clock.waiting < 2) await new Promise(setImmediate)
}

type Plane = ReturnType<typeof testControlPlane>

/** Makes a room; answers where it is, or why it is not. */
async function create({ post }: Plane, other: object = {}): Promise<string> {
  const answer = await post('/v1/rooms', other)
  const body: unknown = await answer.json()
  return answer.status === 201 ? room.parse(body).nodeId : `${answer.status}`
}

test('[A5] a room stays where a connection broke if its media node answers, and a media node that lives is not asked', async () => {
  const { health, join, joinLost, metrics } = await placedRoom()
  health.answers.set('host', 'ok')
  assert.deepEqual(await join(), ['host', 1])
  assert.deepEqual(await join({ lostNodeId: 'other' }), ['host', 1])
  assert.deepEqual(health.asked, [])
  assert.deepEqual(await joinLost(), ['host', 1])
  assert.deepEqual(health.asked, ['host'])
  assert.match(await metrics(), /jbcalling_probes_total\{answer="ok"\} 1\n/)
})

test('[A6] a room whose media node refuses connections moves at once, and nobody is sent there any more', async () => {
  const plane = await placedRoom()
  assert.deepEqual(await plane.joinLost(), ['other', 2])
  assert.equal(await plane.registry.find('host'), undefined)
  assert.equal(await create(plane), 'other')
  assert.deepEqual(await plane.joinLost(), ['other', 2])
  assert.match(await plane.metrics(), /jbcalling_reallocations_total\{cause="refused"\} 1\n/)
})

test('[A6] a media node that is heard of while it refuses is not forgotten', async () => {
  const { registry, clock, health, joinLost } = await placedRoom()
  health.meanwhile = async () => {
    clock.advance(10)
    await registry.heartbeat(nodeReport('host', { load: 0.7 }))
    clock.advance(10)
  }
  assert.deepEqual(await joinLost(), ['other', 2])
  assert.ok(await registry.find('host'))
})

test('[A7] a room leaves a silent media node when that misses its heartbeats, for which who joins waits', async () => {
  const { registry, clock, health, joinLost, metrics } = await placedRoom()
  health.answers.set('host', 'silent')
  clock.advance(NODE_TTL_MS - 700)
  await registry.heartbeat(nodeReport('other'))
  const joining = joinLost()
  for (const ms of [500, 199]) {
    await looksForHeartbeat(clock)
    clock.advance(ms)
  }
  await looksForHeartbeat(clock)
  assert.equal(await Promise.race([joining, 'waits']), 'waits')
  clock.advance(1)
  assert.deepEqual(await joining, ['other', 2])
  assert.deepEqual(new Set(health.asked), new Set(['host']))
  assert.match(await metrics(), /jbcalling_reallocations_total\{cause="silent"\} 1\n/)
})

test('[A66] a room stays with a media node that answers late, while its heartbeats are waited for', async () => {
  const { clock, health, joinLost } = await placedRoom()
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
  health.meanwhile = () => answered
  health.answers.set('host', 'ok')
  clock.advance(NODE_TTL_MS - 700)
  const joining = joinLost()
  await looksForHeartbeat(clock)
  clock.advance(400)
  await looksForHeartbeat(clock)
  answer()
  await new Promise(setImmediate)
  clock.advance(NODE_TTL_MS)
  assert.deepEqual(await joining, ['host', 1])
  assert.deepEqual(health.asked, ['host'])
})

test('[A67] a room moves at once when its media node, which was silent, refuses connections', async () => {
  const { registry, clock, health, joinLost, metrics } = await placedRoom()
  const { promise: died, resolve: die } = Promise.withResolvers<void>()
  health.meanwhile = () => died
  clock.advance(NODE_TTL_MS - 700)
  const joining = joinLost()
  await looksForHeartbeat(clock)
  clock.advance(400)
  await looksForHeartbeat(clock)
  await registry.heartbeat(nodeReport('other'))
  die()
  await new Promise(setImmediate)
  clock.advance(NODE_TTL_MS - 1)
  assert.deepEqual(await joining, ['other', 2])
  assert.match(await metrics(), /jbcalling_reallocations_total\{cause="refused"\} 1\n/)
})

test('[A7] a room stays with a silent media node whose heartbeats go on', async () => {
  const { registry, clock, health, joinLost } = await placedRoom()
  health.answers.set('host', 'silent')
  clock.advance(900)
  const joining = joinLost()
  await looksForHeartbeat(clock)
  clock.advance(100)
  await registry.heartbeat(nodeReport('host'))
  clock.advance(400)
  assert.deepEqual(await joining, ['host', 1])
})

test('[A7] a room stays with a silent media node when the registry goes away while somebody waits', async () => {
  const { registry, clock, health, joinLost } = await placedRoom()
  health.answers.set('host', 'silent')
  const joining = joinLost()
  await looksForHeartbeat(clock)
  registry.goAway()
  clock.advance(500)
  assert.deepEqual(await joining, ['host', 1])
})

test('[A8] a media node that is cut off from the registry keeps its rooms while it answers', async () => {
  const { registry, clock, health, join } = await placedRoom()
  health.answers.set('host', 'ok')
  clock.advance(NODE_TTL_MS)
  await registry.heartbeat(nodeReport('other'))
  assert.deepEqual(await join(), ['host', 1])
  clock.advance(NODE_MEMORY_MS)
  await registry.heartbeat(nodeReport('other'))
  assert.deepEqual(await join(), ['host', 1])
})

test('[A8] a registry that restarted empty takes no room from a media node that answers', async () => {
  const { registry, health, join } = await placedRoom()
  health.answers.set('host', 'ok')
  await join()
  registry.loseEverything()
  await registry.heartbeat(nodeReport('other'))
  assert.deepEqual(await join(), ['host', 1])
  assert.deepEqual(health.asked, ['host'])
})

test('[A8] a room whose media node nobody remembers moves', async () => {
  const plane = testControlPlane()
  const wanted = { roomId: 'standup', nodeId: 'unseen', maxParticipants: 5, emptyTimeoutSeconds: 5, metadata: {} }
  await plane.rooms.create({ ...wanted, createdAt: plane.clock.now() })
  await plane.registry.heartbeat(nodeReport('other'))
  const answer = await plane.post('/v1/rooms/standup/join', { displayName: 'Ada' })
  assert.equal(joinAnswer.parse(await answer.json()).nodeId, 'other')
  assert.deepEqual(plane.health.asked, [])
})

test('[A9] the media node that loses a room is told which epoch to give it up for', async () => {
  const { registry, health, join } = await placedRoom()
  await registry.heartbeat(nodeReport('host', { draining: true }))
  assert.deepEqual(await join(), ['other', 2])
  assert.deepEqual(health.asked, [])
  const { commands } = await registry.heartbeat(nodeReport('host', { draining: true }))
  assert.deepEqual(commands, [{ type: 'room-moved', roomId: 'standup', epoch: 2 }])
})

test('[A9] a join succeeds though the media node that loses the room cannot be told', async () => {
  const { registry, join } = await placedRoom()
  await registry.heartbeat(nodeReport('host', { draining: true }))
  registry.send = async () => registry.goAway()
  assert.deepEqual(await join(), ['other', 2])
})

test('[A10] however many lose a media node, it is asked once, and again after half a second', async () => {
  const { clock, health, joinLost } = await placedRoom()
  health.answers.set('host', 'ok')
  await Promise.all(Array.from({ length: 10 }, joinLost))
  clock.advance(499)
  await joinLost()
  assert.deepEqual(health.asked, ['host'])
  clock.advance(1)
  await joinLost()
  assert.deepEqual(health.asked, ['host', 'host'])
})

test('[A11] while the registry is away rooms are placed as the fleet was, counting those placed since', async () => {
  const plane = await placedRoom()
  await plane.registry.heartbeat(nodeReport('third', { load: 0.1 + 2.5 * RESERVED_LOAD, region: 'us' }))
  await plane.registry.heartbeat(nodeReport('leaving', { load: 0, draining: true }))
  await plane.app.request('/v1/nodes')
  plane.registry.goAway()
  const placed = [await create(plane), await create(plane), await create(plane), await create(plane)]
  assert.deepEqual(placed, ['host', 'host', 'third', 'host'])
  assert.equal(await create(plane, { region: 'us' }), 'third')
  assert.match(await plane.metrics(), /jbcalling_placed_from_memory_total 5\n/)
  plane.clock.advance(PLACING_FROM_MEMORY_MS - 1)
  assert.notEqual(await create(plane), '503')
  plane.clock.advance(1)
  await assertProblem(await plane.post('/v1/rooms', {}), 503, 'unavailable')
})

test('[A11] while the registry is away a full fleet is full', async () => {
  const plane = await placedRoom({ MAX_NODE_LOAD: '0.13' })
  await plane.app.request('/v1/nodes')
  plane.registry.goAway()
  assert.equal(await create(plane), 'host')
  await assertProblem(await plane.post('/v1/rooms', {}), 503, 'no_capacity')
})

test('[A11] while the registry is away a room stays where it is, unless its media node is found dead', async () => {
  const plane = await placedRoom()
  await plane.app.request('/v1/nodes')
  plane.registry.goAway()
  assert.deepEqual(await plane.join(), ['host', 1])
  plane.health.answers.set('host', 'silent')
  assert.deepEqual(await plane.joinLost(), ['host', 1])
  plane.health.answers.delete('host')
  plane.clock.advance(500)
  assert.deepEqual(await plane.joinLost(), ['other', 2])
  assert.equal(await create(plane), 'other')
})

test('[A12] nobody waits for a registry that is away, and it is asked again each second until it answers', async () => {
  const { registry, clock, join } = await placedRoom()
  registry.goAway()
  await join()
  const before = registry.calls
  for (let calls = 0; calls < 5; calls += 1) await join()
  assert.equal(registry.calls, before)
  clock.advance(1_000)
  for (let calls = 0; calls < 5; calls += 1) await join()
  assert.equal(registry.calls, before + 1)
  clock.advance(1_000)
  registry.comeBack()
  await registry.heartbeat(nodeReport('host', { draining: true }))
  await registry.heartbeat(nodeReport('other'))
  assert.deepEqual(await join(), ['host', 1], 'this one only has it asked')
  assert.deepEqual(await join(), ['other', 2])
})

test('[A13] a room that is not stored gives back what was reserved for it', async () => {
  const plane = await placedRoom()
  const reservations = async () => (await plane.registry.alive()).map((node) => node.reservations)
  assert.deepEqual(await reservations(), [1, 0])
  await plane.registry.heartbeat(nodeReport('other', { load: 0 }))
  await assertProblem(await plane.post('/v1/rooms', { roomId: 'standup' }), 409, 'room_exists')
  assert.deepEqual(await reservations(), [1, 0])
  plane.rooms.goAway()
  await assertProblem(await plane.post('/v1/rooms', {}), 503, 'unavailable')
  assert.deepEqual(await reservations(), [1, 0])
})

test('[A14] no media node is filled beyond MAX_NODE_LOAD, and the refusal is counted by its reason', async () => {
  const plane = await placedRoom({ MAX_NODE_LOAD: '0.15' })
  assert.deepEqual([await create(plane), await create(plane)], ['host', 'host'])
  const refused = await plane.post('/v1/rooms', {})
  assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/)
  await assertProblem(refused, 503, 'no_capacity')
  assert.match(await plane.metrics(), /jbcalling_placement_refusals_total\{reason="all_full"\} 1\n/)
})

test('[A15] of a thousand rooms made at once equal media nodes get as many each, within one', async () => {
  const plane = testControlPlane({ RATE_LIMIT_PER_MINUTE: '10000', MAX_NODE_LOAD: '1' })
  const ids = Array.from({ length: 30 }, (_, index) => `node-${index}`)
  for (const nodeId of ids) await plane.registry.heartbeat(nodeReport(nodeId, { load: 0 }))
  const placed = await Promise.all(Array.from({ length: 1_000 }, () => create(plane)))
  const spread = ids.map((nodeId) => placed.filter((id) => id === nodeId).length)
  assert.deepEqual([Math.min(...spread), Math.max(...spread)], [33, 34])
})
