import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createClient } from 'redis'
import { startChild } from '../../../dev/child.ts'
import { type EmbeddedRedis, startRedis } from '../../../dev/embedded-redis.ts'
import { freePort } from '../../../dev/free-port.ts'
import { redisCommand } from '../../../dev/redis-command.ts'

const HOST = '127.0.0.1'
const ALL_SLOTS = ['0', '16383']
const FAILOVER_MS = '10000'

/** The name by which the Sentinels know the primary. */
export const PRIMARY_NAME = 'registry'

/** A Redis that ends with the test. */
export async function redisOf(t: TestContext, args: readonly string[] = []): Promise<EmbeddedRedis> {
  const redis = await startRedis({ args: ['--repl-diskless-sync-delay', '0', ...args] })
  t.after(() => redis.process.kill())
  return redis
}

/** Runs one command on a server. */
export async function tell({ url }: { readonly url: string }, ...command: readonly string[]): Promise<unknown> {
  const client = createClient({ url, disableOfflineQueue: true })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await client.sendCommand([...command])
  } finally {
    client.destroy()
  }
}

/** Makes a server the replica of another and resolves when it has all that the other has. */
export async function follow(replica: EmbeddedRedis, primary: EmbeddedRedis): Promise<void> {
  await tell(replica, 'REPLICAOF', HOST, `${primary.port}`)
  await untilInfo(replica, 'replication', 'master_link_status:up')
}

/** A primary and its replica. */
export async function primaryAndReplica(
  t: TestContext,
  args: readonly string[] = [],
): Promise<[EmbeddedRedis, EmbeddedRedis]> {
  const [primary, replica] = [await redisOf(t, args), await redisOf(t, args)]
  await follow(replica, primary)
  return [primary, replica]
}

/** A Sentinel that watches a primary and takes it for dead when `deadAfterMs` have gone by without an answer. */
export async function sentinelOf(
  t: TestContext,
  primary: EmbeddedRedis,
  deadAfterMs: number,
): Promise<{ url: string }> {
  const folder = temporaryFolder(t)
  const port = await freePort()
  const file = join(folder, 'sentinel.conf')
  const lines = [
    `port ${port}`,
    `bind ${HOST}`,
    `dir ${folder}`,
    `sentinel monitor ${PRIMARY_NAME} ${HOST} ${primary.port} 1`,
    `sentinel down-after-milliseconds ${PRIMARY_NAME} ${deadAfterMs}`,
    `sentinel failover-timeout ${PRIMARY_NAME} ${FAILOVER_MS}`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  const { promise: watching, resolve } = Promise.withResolvers<void>()
  const sentinel = await startChild({
    name: 'sentinel',
    command: [...redisCommand(), file, '--sentinel'],
    onLine: (line) => {
      if (line.includes('+slave ')) resolve()
    },
  })
  t.after(() => sentinel.kill())
  await watching
  return { url: `redis://${HOST}:${port}` }
}

/** A cluster of two primaries, of which the first holds every slot, and a replica of that one. */
export async function clusterOf(t: TestContext): Promise<Record<'holder' | 'stranger' | 'replica', EmbeddedRedis>> {
  const start = () =>
    redisOf(t, ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--dir', temporaryFolder(t)])
  const [holder, stranger, replica] = [await start(), await start(), await start()]
  await tell(holder, 'CLUSTER', 'ADDSLOTSRANGE', ...ALL_SLOTS)
  // Equal epochs, as all have at first, would let a takeover be contested.
  for (const [index, server] of [holder, stranger, replica].entries()) {
    await tell(server, 'CLUSTER', 'SET-CONFIG-EPOCH', `${index + 1}`)
  }
  for (const server of [stranger, replica]) await tell(holder, 'CLUSTER', 'MEET', HOST, `${server.port}`)
  const servers = [holder, stranger, replica]
  for (const server of servers) await untilInfo(server, 'cluster', 'cluster_known_nodes:3', 'cluster_state:ok')
  const id = `${await tell(holder, 'CLUSTER', 'MYID')}`
  await tell(replica, 'CLUSTER', 'REPLICATE', id)
  await untilInfo(replica, 'replication', 'master_link_status:up')
  return { holder, stranger, replica }
}

/** Makes the replica of a cluster the primary, whatever became of that, and resolves when it holds all slots. */
export async function takeOver(replica: EmbeddedRedis): Promise<void> {
  await tell(replica, 'CLUSTER', 'FAILOVER', 'TAKEOVER')
  await untilInfo(replica, 'replication', 'role:master')
}

/** Tries until it works. Each try has a deadline of its own, and the runner ends what never works. */
export async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt()
    } catch {
      await new Promise(setImmediate)
    }
  }
}

/** Resolves when what a server says of itself holds all of this. */
async function untilInfo(server: EmbeddedRedis, about: 'replication' | 'cluster', ...wanted: string[]): Promise<void> {
  const command = about === 'cluster' ? ['CLUSTER', 'INFO'] : ['INFO', about]
  await eventually(async () => {
    const info = `${await tell(server, ...command)}`
    if (!wanted.every((line) => info.includes(line))) throw new Error(`not yet: ${wanted}`)
  })
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'jbcalling-redis-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
