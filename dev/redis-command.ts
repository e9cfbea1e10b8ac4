import { findCommand } from './bootstrap/find-command.mjs'
import type { Command } from './child.ts'

/**
 * The command line that runs Redis. Debian's `redis-server` package would also start a Redis for the whole machine, at
 * each boot; `redis-tools` holds the same binary, which is a server when it is called by that name.
 */
export function redisCommand(): Command {
  const multiCall = findCommand('redis-check-rdb')
  if (findCommand('redis-server') !== undefined || multiCall === undefined) return ['redis-server']
  return ['bash', '-c', 'exec -a redis-server "$0" "$@"', multiCall]
}
