import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLACING_FROM_MEMORY_MS } from '../../../control-plane/known-fleet.ts'
import { joinAnswer, room } from '../../../shared/api.ts'
import { NODE_TTL_MS } from '../../../shared/node-registry/node-registry.ts'
import { ROOM_TTL_MS } from '../../../shared/room-store/room-store.ts'
import { localKeys, TOKEN_TTL_SECONDS, verifyJoinToken } from '../../../shared/token.ts'
import { assertProblem, nodeReport, testControlPlane } from './test-control-plane.ts'

const ADA = { displayName: 'Ada', language: 'en-GB' }

async function controlPlaneWithRoom() {
  const plane = testControlPlane()
  await plane.registry.heartbeat(nodeReport('node-1'))
  const created = await plane.post('/v1/rooms', { roomId: 'standup', maxParticipants: 9, emptyTimeoutSeconds: 5 })
  assert.equal(created.status, 201)
  const join = async () => joinAnswer.parse(await (await plane.post('/v1/rooms/standup/join', ADA)).json())
  return { ...plane, join }
}

test('[R1] a room is created with what was asked, on a media node, at epoch 1', async () => {
  const plane = testControlPlane()
  await plane.registry.heartbeat(nodeReport('far', { load: 0, region: 'us' }))
  await plane.registry.heartbeat(nodeReport('near'))
  const asked = { roomId: 'standup', region: 'eu', maxParticipants: 9, emptyTimeoutSeconds: 5, metadata: { team: 'b' } }
  const answer = await plane.post('/v1/rooms', asked)
  assert.equal(answer.status, 201)
  const expected = { ...asked, nodeId: 'near', epoch: 1, createdAt: plane.clock.now() }
  assert.deepEqual(await answer.json(), expected)
  const read = await plane.app.request('/v1/rooms/standup')
  assert.equal(read.status, 200)
  assert.deepEqual(await read.json(), expected)
})

test('[R1] a room can be created without saying anything, even without a body', async () => {
  const plane = testControlPlane()
  await plane.registry.heartbeat(nodeReport('node-1'))
  const [first, second] = [await plane.post('/v1/rooms', {}), await plane.app.request('/v1/rooms', { method: 'POST' })]
  const rooms = [room.parse(await first.json()), room.parse(await second.json())]
  assert.notEqual(rooms[0]?.roomId, rooms[1]?.roomId)
  for (const made of rooms) {
    assert.deepEqual([made.maxParticipants, made.emptyTimeoutSeconds, made.metadata], [50, 60, {}])
  }
})

test('[R2] an id that is taken is refused and its room is left alone', async () => {
  const { app, post } = await controlPlaneWithRoom()
  await assertProblem(await post('/v1/rooms', { roomId: 'standup', maxParticipants: 2 }), 409, 'room_exists')
  assert.equal(room.parse(await (await app.request('/v1/rooms/standup')).json()).maxParticipants, 9)
})

test('[R3] a join answers a token that says who may go where, for a minute', async () => {
  const { clock, signingKeys, join } = await controlPlaneWithRoom()
  const answer = await join()
  const expiresAt = (Math.floor(clock.now() / 1_000) + TOKEN_TTL_SECONDS) * 1_000
  assert.equal(answer.url, 'wss://node-1.example/')
  assert.equal(answer.expiresAt, expiresAt)
  const keys = localKeys(signingKeys.jwks)
  const { tokenId, traceId, ...grant } = await verifyJoinToken(answer.token, {
    keys,
    nodeId: 'node-1',
    now: clock.now(),
  })
  assert.ok(tokenId)
  assert.ok(traceId)
  assert.deepEqual(grant, {
    nodeId: 'node-1',
    roomId: 'standup',
    epoch: 1,
    participantId: answer.participantId,
    displayName: 'Ada',
    language: 'en-GB',
    maxParticipants: 9,
    emptyTimeoutSeconds: 5,
    createdAt: clock.now(),
    expiresAt,
  })
})

test('[R3] every join is another participant with another token', async () => {
  const { join } = await controlPlaneWithRoom()
  const [first, second] = [await join(), await join()]
  assert.notEqual(first.participantId, second.participantId)
  assert.notEqual(first.token, second.token)
})

test('[R3] a token is of no use at another media node, nor after its minute', async () => {
  const { clock, signingKeys, join } = await controlPlaneWithRoom()
  const { token } = await join()
  const keys = localKeys(signingKeys.jwks)
  await assert.rejects(verifyJoinToken(token, { keys, nodeId: 'node-2', now: clock.now() }), { code: 'wrong_node' })
  const later = clock.now() + 2 * TOKEN_TTL_SECONDS * 1_000
  await assert.rejects(verifyJoinToken(token, { keys, nodeId: 'node-1', now: later }), { code: 'token_expired' })
})

test('[R4] joins keep a room from expiring', async () => {
  const { app, clock, registry, join } = await controlPlaneWithRoom()
  for (let day = 0; day < 3; day += 1) {
    clock.advance(ROOM_TTL_MS - 1)
    await registry.heartbeat(nodeReport('node-1'))
    await join()
  }
  clock.advance(ROOM_TTL_MS)
  await assertProblem(await app.request('/v1/rooms/standup'), 404, 'room_not_found')
})

test('[R5] a room whose media node is gone is given another one, one epoch later', async () => {
  const { clock, registry, join } = await controlPlaneWithRoom()
  clock.advance(NODE_TTL_MS)
  await registry.heartbeat(nodeReport('node-2'))
  const moved = await join()
  assert.deepEqual([moved.nodeId, moved.url, moved.epoch], ['node-2', 'wss://node-2.example/', 2])
  assert.equal((await join()).epoch, 2)
})

test("[A3] a join that loses the race for a room answers the winner's media node, and says so in the metrics", async () => {
  const { app, clock, registry, rooms, join } = await controlPlaneWithRoom()
  clock.advance(NODE_TTL_MS)
  await registry.heartbeat(nodeReport('ours', { load: 0 }))
  await registry.heartbeat(nodeReport('theirs', { load: 0.9 }))
  const allocate = rooms.allocate.bind(rooms)
  rooms.allocate = async (roomId, epoch, nodeId) => {
    await allocate(roomId, epoch, 'theirs')
    return allocate(roomId, epoch, nodeId)
  }
  const answer = await join()
  assert.deepEqual([answer.nodeId, answer.url, answer.epoch], ['theirs', 'wss://theirs.example/', 2])
  assert.match(await (await app.request('/metrics')).text(), /jbcalling_allocations_total\{reason="lost_race"\} 1\n/)
})

test('[R5] a room stays where it is while its media node is alive, however loaded', async () => {
  const { registry, join } = await controlPlaneWithRoom()
  await registry.heartbeat(nodeReport('node-1', { load: 1 }))
  await registry.heartbeat(nodeReport('node-2', { load: 0 }))
  assert.deepEqual([(await join()).nodeId, (await join()).epoch], ['node-1', 1])
})

test('[R6] a room leaves a draining media node, but not for nowhere', async () => {
  const { registry, join } = await controlPlaneWithRoom()
  await registry.heartbeat(nodeReport('node-1', { draining: true }))
  assert.equal((await join()).nodeId, 'node-1')
  await registry.heartbeat(nodeReport('node-2'))
  const moved = await join()
  assert.deepEqual([moved.nodeId, moved.epoch], ['node-2', 2])
})

test('[R7] a closed room is gone, and its media node is told at its next heartbeat', async () => {
  const { app, registry, post } = await controlPlaneWithRoom()
  const closed = await app.request('/v1/rooms/standup', { method: 'DELETE' })
  assert.equal(closed.status, 204)
  assert.equal(await closed.text(), '')
  await assertProblem(await app.request('/v1/rooms/standup'), 404, 'room_not_found')
  await assertProblem(await post('/v1/rooms/standup/join', ADA), 404, 'room_not_found')
  const command = { type: 'close-room', roomId: 'standup', epoch: 1 }
  assert.deepEqual((await registry.heartbeat(nodeReport('node-1'))).commands, [command])
})

test('[R8] without a media node there is no capacity, and the answer says when to ask again', async () => {
  const plane = testControlPlane()
  const answer = await plane.post('/v1/rooms', { roomId: 'early' })
  assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
  await assertProblem(answer, 503, 'no_capacity')
  await assertProblem(await plane.app.request('/v1/rooms/early'), 404, 'room_not_found')
})

test('[R8] a room whose media node is gone cannot be joined while there is no other', async () => {
  const { clock, post } = await controlPlaneWithRoom()
  clock.advance(NODE_TTL_MS)
  await assertProblem(await post('/v1/rooms/standup/join', ADA), 503, 'no_capacity')
})

test('[R9] while the registry is away a placed room can be joined, but none can be closed, nor made after a while', async () => {
  const { app, clock, registry, post, join } = await controlPlaneWithRoom()
  registry.goAway()
  assert.deepEqual([(await join()).nodeId, (await join()).url], ['node-1', 'wss://node-1.example/'])
  assert.equal((await post('/v1/rooms', { roomId: 'lately' })).status, 201)
  clock.advance(PLACING_FROM_MEMORY_MS)
  assert.equal((await join()).nodeId, 'node-1')
  const refused = await post('/v1/rooms', { roomId: 'new' })
  assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/)
  await assertProblem(refused, 503, 'unavailable')
  await assertProblem(await app.request('/v1/nodes'), 503, 'unavailable')
  await assertProblem(await app.request('/v1/rooms/standup', { method: 'DELETE' }), 503, 'unavailable')
  assert.equal((await app.request('/v1/rooms/standup')).status, 200)
})

test('[R9] while the registry is away a room on a media node never seen cannot be joined', async () => {
  const plane = testControlPlane()
  const created = { roomId: 'old', nodeId: 'unseen', maxParticipants: 5, emptyTimeoutSeconds: 5, metadata: {} }
  await plane.rooms.create({ ...created, createdAt: plane.clock.now() })
  plane.registry.goAway()
  await assertProblem(await plane.post('/v1/rooms/old/join', ADA), 503, 'unavailable')
})

test('[R10] while the room store is away every call that needs it says so', async () => {
  const { app, rooms, post } = await controlPlaneWithRoom()
  rooms.goAway()
  await assertProblem(await app.request('/v1/rooms/standup'), 503, 'unavailable')
  await assertProblem(await app.request('/v1/rooms/standup', { method: 'DELETE' }), 503, 'unavailable')
  await assertProblem(await post('/v1/rooms', {}), 503, 'unavailable')
  await assertProblem(await post('/v1/rooms/standup/join', ADA), 503, 'unavailable')
  assert.equal((await app.request('/v1/nodes')).status, 200)
})

test('[R10] a join succeeds though the expiry of its room cannot be pushed', async () => {
  const { rooms, join } = await controlPlaneWithRoom()
  rooms.touch = async () => {
    throw new Error('lost')
  }
  assert.equal((await join()).nodeId, 'node-1')
})

test('[R93] a join makes the room that is not there when it is asked to, and only then', async () => {
  const { post, rooms, registry } = testControlPlane()
  await registry.heartbeat(nodeReport('node-1'))
  await assertProblem(await post('/v1/rooms/tea/join', ADA), 404, 'room_not_found')
  await assertProblem(await post('/v1/rooms/tea/join?ifAbsent=perhaps', ADA), 400, 'bad_request')
  const answer = joinAnswer.parse(await (await post('/v1/rooms/tea/join?ifAbsent=create', ADA)).json())
  const made = await rooms.read('tea')
  assert.deepEqual([made?.nodeId, made?.epoch, made?.maxParticipants], [answer.nodeId, answer.epoch, 50])
  await post('/v1/rooms/tea/join?ifAbsent=create', ADA)
  assert.equal((await rooms.read('tea'))?.createdAt, made?.createdAt)
})

test('[R94] of many who ask at once for a room that is not there, all get into one', async () => {
  const { post, registry } = testControlPlane()
  await Promise.all(['node-1', 'node-2', 'node-3'].map((nodeId) => registry.heartbeat(nodeReport(nodeId))))
  const answers = await Promise.all(Array.from({ length: 20 }, () => post('/v1/rooms/tea/join?ifAbsent=create', ADA)))
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  const joined = await Promise.all(answers.map(async (answer) => joinAnswer.parse(await answer.json())))
  assert.equal(new Set(joined.map(({ nodeId, epoch }) => `${nodeId} ${epoch}`)).size, 1)
  assert.equal(new Set(joined.map(({ participantId }) => participantId)).size, 20)
})
