import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { composeControlPlane } from '../../../control-plane/compose-control-plane.ts'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { type JoinAnswer, joinAnswer, room } from '../../../shared/api.ts'
import { createLogger } from '../../../shared/logging.ts'
import type { NodeRegistry } from '../../../shared/node-registry/node-registry.ts'
import { redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import { readSettings } from '../../../shared/settings.ts'
import { assertProblem, nodeReport } from '../../unit/control-plane/test-control-plane.ts'
import { startStores } from './stores.ts'

const NOBODY_LISTENS = 'ws://127.0.0.1:1/'

type Stores = Awaited<ReturnType<typeof startStores>>

async function startControlPlane(stores: Stores) {
  const { app, close } = await composeControlPlane({
    settings: readSettings(controlPlaneSettings, { ...stores.env, RATE_LIMIT_PER_MINUTE: '100000' }),
    logger: createLogger({ name: 'test', level: 'silent' }),
    addressOf: () => '192.0.2.1',
  })
  const post = (path: string, body: unknown) =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const join = async (roomId: string) =>
    joinAnswer.parse(await (await post(`/v1/rooms/${roomId}/join`, { displayName: 'Ada' })).json())
  return { app, post, join, close }
}

describe('two control planes on one Redis and one DynamoDB', () => {
  let stores: Stores
  let registry: NodeRegistry
  let planes: Awaited<ReturnType<typeof startControlPlane>>[]

  before(async () => {
    stores = await startStores()
    registry = redisNodeRegistry({ url: stores.redis.url })
    planes = await Promise.all([startControlPlane(stores), startControlPlane(stores)])
  })
  after(async () => {
    for (const plane of planes) await plane.close()
    await registry.close()
    await stores.stop()
  })

  test('[A3] of two concurrent joins to a room whose media node is gone one moves it and both callers learn where', async () => {
    const [first, second] = planes
    assert.ok(first && second)
    for (let round = 0; round < 10; round += 1) {
      const roomId = randomUUID()
      const gone = nodeReport(`gone-${round}`, { load: 0, url: NOBODY_LISTENS })
      await registry.heartbeat(gone)
      for (const nodeId of ['b', 'c']) await registry.heartbeat(nodeReport(nodeId, { load: 0.5 }))
      await first.post('/v1/rooms', { roomId })
      await registry.leave(gone.nodeId)
      const answers: readonly JoinAnswer[] = await Promise.all([
        first.join(roomId),
        second.join(roomId),
        first.join(roomId),
      ])
      assert.deepEqual(
        answers.map(({ epoch }) => epoch),
        [2, 2, 2],
      )
      assert.equal(new Set(answers.map(({ nodeId, url }) => `${nodeId} ${url}`)).size, 1)
      const stored = room.parse(await (await second.app.request(`/v1/rooms/${roomId}`)).json())
      assert.deepEqual([stored.nodeId, stored.epoch], [answers[0]?.nodeId, 2])
    }
  })

  test('[A3] of many concurrent creations of one room one succeeds and the others are told that it exists', async () => {
    await registry.heartbeat(nodeReport('b'))
    const roomId = randomUUID()
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => planes[index % 2]?.post('/v1/rooms', { roomId })),
    )
    const statuses = answers.map((answer) => answer?.status).sort()
    assert.deepEqual(statuses, [201, ...Array.from({ length: 7 }, () => 409)])
  })

  test('[R7] closing a room tells its media node through Redis', async () => {
    const said = nodeReport('listener', { load: 0 })
    await registry.heartbeat(said)
    const roomId = randomUUID()
    await planes[0]?.post('/v1/rooms', { roomId })
    await planes[1]?.app.request(`/v1/rooms/${roomId}`, { method: 'DELETE' })
    assert.deepEqual((await registry.heartbeat(said)).commands, [{ type: 'close-room', roomId, epoch: 1 }])
    await registry.leave(said.nodeId)
  })
})

describe('a control plane whose stores go away', () => {
  test('[R9] frozen and dead stores are answered within the deadline, and everything works again after', async (t) => {
    const stores = await startStores()
    const plane = await startControlPlane(stores)
    const registry = redisNodeRegistry({ url: stores.redis.url })
    t.after(async () => {
      stores.redis.process.kill()
      await plane.close()
      await registry.close()
    })
    while ((await plane.app.request('/ready')).status !== 200) await new Promise(setImmediate)
    await registry.heartbeat(nodeReport('only'))
    const roomId = randomUUID()
    assert.equal((await plane.post('/v1/rooms', { roomId })).status, 201)
    await plane.app.request('/v1/nodes')

    process.kill(stores.redis.pid, 'SIGSTOP')
    assert.equal((await plane.join(roomId)).nodeId, 'only')
    assert.equal((await plane.post('/v1/rooms', {})).status, 201)
    assert.equal((await plane.app.request('/ready')).status, 503)
    await assertProblem(await plane.app.request('/v1/nodes'), 503, 'unavailable')
    process.kill(stores.redis.pid, 'SIGCONT')
    while ((await plane.app.request('/v1/nodes')).status !== 200) await new Promise(setImmediate)
    await registry.heartbeat(nodeReport('only'))
    assert.equal((await plane.post('/v1/rooms', {})).status, 201)

    await stores.dynamo.stop()
    await assertProblem(await plane.app.request(`/v1/rooms/${roomId}`), 503, 'unavailable')
    await assertProblem(await plane.post('/v1/rooms', {}), 503, 'unavailable')
  })
})
