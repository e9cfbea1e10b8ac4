import assert from 'node:assert/strict'
import { test } from 'node:test'
import { composeControlPlane } from '../../../control-plane/compose-control-plane.ts'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { createLogger } from '../../../shared/logging.ts'
import { redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import { readSettings } from '../../../shared/settings.ts'
import { TcpRelay } from '../../chaos/fleet/tcp-relay.ts'
import { nodeReport } from '../../unit/control-plane/test-control-plane.ts'
import { eventually, follow, redisOf, tell } from '../shared/redis-servers.ts'
import { startStores } from './stores.ts'

test('[O22] a control plane whose registry became a replica says so, and makes rooms again as soon as its name leads to the primary', async (t) => {
  const stores = await startStores()
  t.after(() => stores.stop())
  const promoted = await redisOf(t)
  const name = await TcpRelay.open({ host: '127.0.0.1', targetPort: stores.redis.port })
  t.after(() => name.close())
  const { app, close } = await composeControlPlane({
    settings: readSettings(controlPlaneSettings, { ...stores.env, REDIS_URL: `redis://127.0.0.1:${name.port}` }),
    logger: createLogger({ name: 'control-plane', level: 'silent' }),
    addressOf: () => '127.0.0.1',
  })
  t.after(close)
  const ready = async () => (await app.request('/ready')).json()
  const metrics = async () => (await app.request('/metrics')).text()
  await eventually(async () => assert.deepEqual(await ready(), { ready: true, registry: 'ok', roomStore: 'ok' }))

  await follow(stores.redis, promoted)
  await eventually(async () => assert.equal((await ready()).registry, 'unavailable'))
  await eventually(async () => {
    assert.match(await metrics(), /^jbcalling_registry_faults_total\{reason="read_only"\} [1-9]/m)
    assert.match(await metrics(), /^jbcalling_registry_reachable 0/m)
  })

  name.pointTo(promoted.port)
  await eventually(async () => assert.equal((await ready()).ready, true))
  const media = redisNodeRegistry({ url: promoted.url })
  t.after(() => media.close())
  await media.heartbeat(nodeReport('node-1'))
  const headers = { 'content-type': 'application/json' }
  await eventually(async () => {
    const made = await app.request('/v1/rooms', { method: 'POST', headers, body: '{}' })
    assert.equal(made.status, 201)
  })
  assert.ok((await tell(promoted, 'EXISTS', '{jbcalling}:reserved:node-1')) === 1)
})
