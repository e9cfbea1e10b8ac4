import { z } from 'zod'
import type { Logger } from '../logging.ts'
import { CallError } from '../protocol/error-code.ts'
import {
  type AliveNode,
  choiceReasons,
  type FleetRegistry,
  MAX_PENDING_COMMANDS,
  refusalReasons,
} from './node-registry.ts'
import type { RedisLocation } from './primary-address.ts'
import { RedisConnection } from './redis-connection.ts'
import type { RegistryFault } from './registry-fault.ts'
import { readCommand, readNode, writeReport } from './stored-values.ts'

/** Commands wait this long for a node that does not come back. */
const COMMAND_TTL_MS = 60_000

/** How often in a row a reservation clears out nodes that are gone before it gives up; each time it clears many. */
const RESERVE_ATTEMPTS = 10

const agedReport = z.tuple([z.number(), z.string(), z.number(), z.number()])
const agedReports = z.array(agedReport)
const heartbeatReply = z.tuple([z.number(), z.array(z.tuple([z.string(), z.array(z.string())]))])
const reserveReply = z.union([
  z.tuple([z.literal('again')]),
  z.tuple([z.enum(refusalReasons)]),
  z.tuple([z.enum(choiceReasons), z.string(), ...agedReport.def.items]),
])

/** Why something written to the registry never reaches its reader. */
export const dropReasons = ['command_overflow', 'unreadable'] as const
export type DropReason = (typeof dropReasons)[number]

export type RedisNodeRegistryOptions = RedisLocation & {
  readonly logger?: Logger
  /** Registries of different namespaces share a Redis without meeting. */
  readonly namespace?: string
  /** Called with each drop, to be counted. */
  readonly onDropped?: (reason: DropReason, count: number) => void
  /** Called with each fault of Redis or of the connection to it, to be counted. */
  readonly onFault?: (fault: RegistryFault) => void
}

/**
 * The node registry in Redis 6.2 or later, or Valkey: one primary, one that Sentinels watch, or a cluster, in which all keys
 * share a hash tag and so one slot.
 * A command is taken off the queue by the heartbeat after the one that brought it, so a lost answer loses none; nor does
 * it lose that the node was taken for gone.
 */
export function redisNodeRegistry(options: RedisNodeRegistryOptions): FleetRegistry {
  const { namespace = 'jbcalling', onDropped = () => undefined } = options
  const expiredKey = `{${namespace}}:reserved`
  const heartbeatsKey = `{${namespace}}:heartbeats`
  // XX changes nothing where there is no such node, so it is not replicated either, but it is refused as every write is.
  const redis = new RedisConnection({
    ...options,
    probe: (client) => client.zAdd(heartbeatsKey, { score: 0, value: '' }, { condition: 'XX' }),
  })
  const fleet = [heartbeatsKey, `{${namespace}}:reports`, `{${namespace}}:placeable`, expiredKey]
  const keysOf = (nodeId: string) => [...fleet, `{${namespace}}:commands:${nodeId}`]
  const lastReceived = new Map<string, string>()
  const unanswered = new Set<string>()

  const readable = <T>(values: readonly (T | undefined)[]): T[] => {
    const kept = values.filter((value) => value !== undefined)
    if (kept.length < values.length) onDropped('unreadable', values.length - kept.length)
    return kept
  }

  return {
    async heartbeat(report) {
      const { nodeId, openedRooms } = report
      const beat = [nodeId, writeReport(report), JSON.stringify(openedRooms), lastReceived.get(nodeId) ?? '']
      const missedAnswer = unanswered.has(nodeId)
      unanswered.add(nodeId)
      const reply = await redis.run((client) => client.heartbeat(keysOf(nodeId), ...beat))
      const [wasAlive, entries] = heartbeatReply.parse(reply)
      unanswered.delete(nodeId)
      const [newest] = entries.at(-1) ?? []
      if (newest) lastReceived.set(nodeId, newest)
      const commands = readable(entries.map(([, [, command = '']]) => readCommand(command)))
      return { commands, wasAlive: wasAlive === 1 && !missedAnswer }
    },
    async stillAlive(nodeId) {
      return (await redis.run((client) => client.stillAlive(fleet, nodeId))) === 1
    },
    async leave(nodeId) {
      lastReceived.delete(nodeId)
      await redis.run((client) => client.leave(keysOf(nodeId), nodeId))
    },
    async alive() {
      const reply = await redis.run((client) => client.alive(fleet))
      return readable(agedReports.parse(reply).map(readNode)).sort(byNodeId)
    },
    async find(nodeId) {
      const reply = await redis.run((client) => client.findNode(fleet, nodeId))
      return readable(agedReports.parse(reply).map(readNode))[0]
    },
    async reserve({ roomId, region, limit, firm }) {
      const wanted = [roomId, `${limit}`, firm ? '1' : '0', ...(region === undefined ? [] : [region])]
      for (let attempt = 0; attempt < RESERVE_ATTEMPTS; attempt += 1) {
        const reply = reserveReply.parse(await redis.run((client) => client.reserve(fleet, ...wanted)))
        if (reply.length === 1 && reply[0] === 'again') continue
        if (reply.length === 1) return { node: undefined, reason: reply[0] }
        const [reason, nodeId, ...stored] = reply
        const node = readNode(stored)
        if (node) return { node, reason }
        onDropped('unreadable', 1)
        await redis.run((client) => client.suspect(fleet, nodeId, '0'))
      }
      throw new CallError('unavailable', 'The node registry is busy forgetting media nodes.')
    },
    async release(nodeId, roomId) {
      await redis.run((client) => client.release(fleet, nodeId, roomId))
    },
    async suspect(nodeId, foundDeadMsAgo) {
      const forgotten = await redis.run((client) => client.suspect(fleet, nodeId, `${foundDeadMsAgo}`))
      return forgotten === 1
    },
    async expiredReservations() {
      return Number(await redis.run((client) => client.get(expiredKey)))
    },
    async send(nodeId, command) {
      const limits = [MAX_PENDING_COMMANDS, COMMAND_TTL_MS].map(String)
      const reply = await redis.run((client) => client.send(keysOf(nodeId), JSON.stringify(command), ...limits))
      const dropped = z.number().parse(reply)
      if (dropped > 0) onDropped('command_overflow', dropped)
    },
    async ping() {
      await redis.probe()
    },
    async close() {
      redis.close()
    },
  }
}

function byNodeId(a: AliveNode, b: AliveNode): number {
  return a.nodeId < b.nodeId ? -1 : 1
}
