import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { FleetRegistry } from '../../../shared/node-registry/node-registry.ts'
import { type RedisNodeRegistryOptions, redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import type { RegistryFault } from '../../../shared/node-registry/registry-fault.ts'
import { TcpRelay } from '../../chaos/fleet/tcp-relay.ts'
import {
  clusterOf,
  eventually,
  follow,
  PRIMARY_NAME,
  primaryAndReplica,
  redisOf,
  sentinelOf,
  takeOver,
  tell,
} from './redis-servers.ts'
import { report } from './registry-under-test.ts'

const DEAD_AFTER_MS = 300
const UNREACHABLE = 'redis://127.0.0.1:1'

type Watched = { readonly registry: FleetRegistry; readonly faults: RegistryFault[] }

/** A registry that is closed when the test ends, and what was wrong with it. */
function watched(t: TestContext, options: Omit<RedisNodeRegistryOptions, 'onFault'>): Watched {
  const faults: RegistryFault[] = []
  const registry = redisNodeRegistry({ ...options, onFault: (fault) => faults.push(fault) })
  t.after(() => registry.close())
  return { registry, faults }
}

/** A name that leads to a server: whoever connects is led to where it points then. */
async function nameOf(t: TestContext, { port }: { readonly port: number }): Promise<TcpRelay & { url: string }> {
  const relay = await TcpRelay.open({ host: '127.0.0.1', targetPort: port })
  t.after(() => relay.close())
  return Object.assign(relay, { url: `redis://127.0.0.1:${relay.port}` })
}

/** Resolves when the registry cannot be written. */
function untilRefused(registry: FleetRegistry): Promise<void> {
  return eventually(() => assert.rejects(registry.ping(), { code: 'unavailable' }))
}

describe('the node registry on a Redis behind a name', () => {
  test('[N62] after a failover the registry is written to the new primary, and the caller notices nothing', async (t) => {
    const [primary, replica] = await primaryAndReplica(t)
    const name = await nameOf(t, primary)
    const { registry } = watched(t, name)
    await registry.heartbeat(report('before'))
    await tell(replica, 'REPLICAOF', 'NO', 'ONE')
    name.pointTo(replica.port)
    await follow(primary, replica)
    await registry.heartbeat(report('after', { load: 0 }))
    assert.equal((await registry.reserve({ roomId: 'standup', limit: 1, firm: true })).node?.nodeId, 'after')
  })

  test('[N63] a registry that only a replica answers is not ready, and is by itself when the name leads to a primary', async (t) => {
    const [primary, replica] = await primaryAndReplica(t)
    const name = await nameOf(t, replica)
    const { registry, faults } = watched(t, name)
    await untilRefused(registry)
    name.pointTo(primary.port)
    await eventually(() => registry.ping())
    assert.deepEqual([...new Set(faults)], ['read_only'])
  })

  test('[N64] a connection whose server is gone without a word is replaced, however often it is written to', async (t) => {
    const [gone, other] = [await redisOf(t), await redisOf(t)]
    const name = await nameOf(t, gone)
    const { registry } = watched(t, name)
    await registry.ping()
    process.kill(gone.pid, 'SIGSTOP')
    name.pointTo(other.port)
    await eventually(() => registry.heartbeat(report('kept-trying')))
    assert.equal(await tell(other, 'ZCARD', '{jbcalling}:heartbeats'), 1)
  })
})

describe('the node registry on a Redis that refuses', () => {
  test('[N65] a registry whose Redis refuses writes for want of memory is not ready, and is read all the same', async (t) => {
    const redis = await redisOf(t)
    const { registry, faults } = watched(t, redis)
    await registry.heartbeat(report('kept'))
    await tell(redis, 'CONFIG', 'SET', 'maxmemory', '1')
    await assert.rejects(registry.ping(), { code: 'unavailable' })
    assert.equal((await registry.find('kept'))?.nodeId, 'kept')
    await tell(redis, 'CONFIG', 'SET', 'maxmemory', '0')
    await registry.ping()
    assert.deepEqual([...new Set(faults)], ['memory_full'])
  })

  test('[N65] a registry whose Redis has lost the replicas that it must have is not ready', async (t) => {
    const redis = await redisOf(t)
    const { registry, faults } = watched(t, redis)
    await registry.ping()
    await tell(redis, 'CONFIG', 'SET', 'min-replicas-to-write', '1')
    await assert.rejects(registry.ping(), { code: 'unavailable' })
    assert.ok(faults.includes('no_replicas'), faults.join())
  })

  test('[N66] a login that was taken away and given again is taken up without a restart', async (t) => {
    const redis = await redisOf(t)
    const login = ['ACL', 'SETUSER', 'node', 'on', '>first', 'allkeys', 'allcommands']
    await tell(redis, ...login)
    const { registry, faults } = watched(t, { url: redis.url.replace('//', '//node:first@') })
    await registry.ping()
    await tell(redis, 'ACL', 'DELUSER', 'node')
    await untilRefused(registry)
    await eventually(async () => assert.ok(faults.includes('wrong_credentials')))
    await tell(redis, ...login)
    await eventually(() => registry.ping())
    await tell(redis, 'ACL', 'SETUSER', 'node', 'resetkeys')
    await assert.rejects(registry.ping(), { code: 'unavailable' })
    assert.ok(faults.includes('no_permission'), faults.join())
    await tell(redis, ...login)
    await eventually(() => registry.ping())
  })
})

describe('the node registry on a Redis that Sentinels watch', () => {
  test('[N67] the primary that the Sentinels name is used, also after they chose another', async (t) => {
    const [primary, replica] = await primaryAndReplica(t)
    const sentinel = await sentinelOf(t, primary, DEAD_AFTER_MS)
    const sentinels = [UNREACHABLE, sentinel.url]
    const { registry } = watched(t, { url: UNREACHABLE, sentinels, sentinelName: PRIMARY_NAME })
    await eventually(() => registry.heartbeat(report('before')))
    primary.process.kill()
    await eventually(() => registry.heartbeat(report('after')))
    assert.match(`${await tell(replica, 'ROLE')}`, /^master/)
    assert.equal((await registry.find('after'))?.nodeId, 'after')
  })

  test('[N67] a registry is unavailable while no Sentinel knows its primary', async (t) => {
    const [primary] = await primaryAndReplica(t)
    const sentinel = await sentinelOf(t, primary, DEAD_AFTER_MS)
    const { registry } = watched(t, { url: primary.url, sentinels: [sentinel.url], sentinelName: 'another' })
    await assert.rejects(registry.ping(), { code: 'unavailable' })
  })
})

describe('the node registry on a cluster', () => {
  test('[N68] any server of a cluster leads to the one that has the keys, also after a failover', async (t) => {
    const { holder, stranger, replica } = await clusterOf(t)
    const { registry, faults } = watched(t, stranger)
    await eventually(() => registry.heartbeat(report('before')))
    assert.ok((await registry.alive()).some(({ nodeId }) => nodeId === 'before'))
    await takeOver(replica)
    await registry.heartbeat(report('after'))
    assert.equal((await registry.find('after'))?.nodeId, 'after')
    assert.deepEqual([...new Set(faults)], ['moved'])
    holder.process.kill()
    await registry.heartbeat(report('still'))
  })

  test('[N68] a cluster whose primary died is used again when a replica took over', async (t) => {
    const { holder, stranger, replica } = await clusterOf(t)
    const { registry } = watched(t, stranger)
    await eventually(() => registry.heartbeat(report('before')))
    holder.process.kill()
    await untilRefused(registry)
    await takeOver(replica)
    await eventually(() => registry.heartbeat(report('after')))
  })
})
