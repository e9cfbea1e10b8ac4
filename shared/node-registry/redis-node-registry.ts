import { z } from 'zod'
import type { Logger } from '../logging.ts'
import { type AliveNode, MAX_PENDING_COMMANDS, NODE_TTL_MS, type NodeRegistry } from './node-registry.ts'
import { connectToRedis, type RedisConnection } from './redis-connection.ts'
import { readCommand, readReport } from './stored-values.ts'

/** Commands wait this long for a node that does not come back. */
const COMMAND_TTL_MS = 60_000

/** The registry forgets everything when no node at all has been heard for this long. */
const KEY_TTL_MS = 60_000

/** Bounds what one heartbeat spends on forgetting dead nodes. */
const FORGOTTEN_PER_HEARTBEAT = 100

const agedReports = z.array(z.tuple([z.number(), z.string()]))
const streamEntries = z.array(z.tuple([z.string(), z.array(z.string())]))

/** Why something written to the registry never reaches its reader. */
export type DropReason = 'command_overflow' | 'unreadable'

export type RedisNodeRegistryOptions = {
  /** `redis://` or `rediss://`, with user and password where they are needed. */
  readonly url: string
  readonly logger?: Logger
  /** Registries of different namespaces share a Redis without meeting. */
  readonly namespace?: string
  /** Called with each drop, to be counted. */
  readonly onDropped?: (reason: DropReason, count: number) => void
}

/**
 * The node registry in Redis 6.2 or later, or Valkey. All keys share a hash tag, so that scripts work in cluster mode.
 * A command is taken off the queue by the heartbeat after the one that brought it, so a lost answer loses none.
 */
export function redisNodeRegistry(options: RedisNodeRegistryOptions): NodeRegistry {
  const { namespace = 'jbcalling', onDropped = () => undefined } = options
  const redis = connectToRedis(options)
  const fleet = [`{${namespace}}:heartbeats`, `{${namespace}}:reports`]
  const keysOf = (nodeId: string) => [...fleet, `{${namespace}}:commands:${nodeId}`]
  const lastReceived = new Map<string, string>()

  const readable = <T>(values: readonly (T | undefined)[]): T[] => {
    const kept = values.filter((value) => value !== undefined)
    if (kept.length < values.length) onDropped('unreadable', values.length - kept.length)
    return kept
  }

  return {
    async heartbeat(report) {
      const { nodeId } = report
      const cursor = lastReceived.get(nodeId) ?? ''
      const limits = [NODE_TTL_MS, KEY_TTL_MS, FORGOTTEN_PER_HEARTBEAT].map(String)
      const reply = await redis.run((client) =>
        client.heartbeat(keysOf(nodeId), nodeId, JSON.stringify(report), cursor, ...limits),
      )
      const entries = streamEntries.parse(reply)
      const [newest] = entries.at(-1) ?? []
      if (newest) lastReceived.set(nodeId, newest)
      return { commands: readable(entries.map(([, [, command = '']]) => readCommand(command))), wasAlive: true }
    },
    async leave(nodeId) {
      lastReceived.delete(nodeId)
      await redis.run((client) => client.leave(keysOf(nodeId), nodeId))
    },
    async alive() {
      const reply = await redis.run((client) => client.alive(fleet, `${NODE_TTL_MS}`))
      return readable(agedReports.parse(reply).map(aliveNode)).sort(byNodeId)
    },
    async find(nodeId) {
      const reply = await redis.run((client) => client.findNode(fleet, `${NODE_TTL_MS}`, nodeId))
      return readable(agedReports.parse(reply).map(aliveNode))[0]
    },
    async send(nodeId, command) {
      const limits = [MAX_PENDING_COMMANDS, COMMAND_TTL_MS].map(String)
      const reply = await redis.run((client) => client.send(keysOf(nodeId), JSON.stringify(command), ...limits))
      const dropped = z.number().parse(reply)
      if (dropped > 0) onDropped('command_overflow', dropped)
    },
    ping: () => ping(redis),
    async close() {
      redis.close()
    },
  }
}

async function ping(redis: RedisConnection): Promise<void> {
  await redis.run((client) => client.ping())
}

function aliveNode([ageMs, stored]: readonly [number, string]): AliveNode | undefined {
  const report = readReport(stored)
  return report && { ...report, ageMs }
}

function byNodeId(a: AliveNode, b: AliveNode): number {
  return a.nodeId < b.nodeId ? -1 : 1
}
