import { ErrorReply } from 'redis'

/** What is wrong with the registry or with the connection to it. */
export const registryFaults = [
  'connection_lost',
  'no_answer',
  'read_only',
  'loading',
  'primary_away',
  'cluster_down',
  'moved',
  'slot_moving',
  'wrong_credentials',
  'no_permission',
  'cannot_persist',
  'memory_full',
  'no_replicas',
  'busy',
  'other_error',
] as const
export type RegistryFault = (typeof registryFaults)[number]

/** Faults of a server that another connection may not meet: to another server, by another name look-up or after a new login. */
const curedByNewConnection: ReadonlySet<RegistryFault> = new Set<RegistryFault>([
  'read_only',
  'loading',
  'primary_away',
  'cluster_down',
  'moved',
  'wrong_credentials',
  'no_permission',
])

/** The first word of each error that Redis and Valkey document, and what it means. */
const faultsByPrefix: ReadonlyMap<string, RegistryFault> = new Map<string, RegistryFault>([
  ['READONLY', 'read_only'],
  ['LOADING', 'loading'],
  ['MASTERDOWN', 'primary_away'],
  ['CLUSTERDOWN', 'cluster_down'],
  ['MOVED', 'moved'],
  ['ASK', 'slot_moving'],
  ['TRYAGAIN', 'slot_moving'],
  ['NOAUTH', 'wrong_credentials'],
  ['WRONGPASS', 'wrong_credentials'],
  ['NOPERM', 'no_permission'],
  ['MISCONF', 'cannot_persist'],
  ['OOM', 'memory_full'],
  ['NOREPLICAS', 'no_replicas'],
  ['BUSY', 'busy'],
])

/** No answer within the deadline. */
export class NoAnswer extends Error {}

/** Tells a fault by what was thrown. */
export function faultOf(error: unknown): RegistryFault {
  if (error instanceof NoAnswer) return 'no_answer'
  if (!(error instanceof ErrorReply)) return 'connection_lost'
  return faultsByPrefix.get(prefixOf(error.message)) ?? 'other_error'
}

/** What a script met comes first from Redis 7 on, and behind the script's name before that. */
function prefixOf(message: string): string {
  const [, inScript] = /^ERR Error running script .*: -([A-Z]+) /.exec(message) ?? []
  return inScript ?? message.replace(/ .*/s, '')
}

/** Whether a server answered that it did not run the command and another connection may be answered otherwise. */
export function isCuredByNewConnection(error: unknown): boolean {
  return error instanceof ErrorReply && curedByNewConnection.has(faultOf(error))
}

/** Whether a server answered with an error that every connection would be answered with. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ErrorReply && !curedByNewConnection.has(faultOf(error))
}

/**
 * The address that a server in cluster mode says to ask instead, as `host:port`; without a host it is the same one.
 * The form is `MOVED <slot> <host>:<port>` (Redis cluster specification, "MOVED Redirection").
 */
export function movedTo(error: unknown): { readonly host: string; readonly port: string } | undefined {
  if (faultOf(error) !== 'moved' || !(error instanceof Error)) return undefined
  const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(error.message) ?? []
  return host === undefined || port === undefined ? undefined : { host, port }
}
