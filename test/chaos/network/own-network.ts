import { spawnSync } from 'node:child_process'

const INSIDE = 'CHAOS_OWN_NETWORK'
const TRY_DEADLINE_MS = 5_000
/** With and without a right to make network namespaces. */
const WAYS = [
  ['--net', '--'],
  ['--map-root-user', '--net', '--'],
] as const

/** Whether this process has a network of its own. */
export function hasOwnNetwork(): boolean {
  return process.env[INSIDE] === 'yes'
}

/**
 * Starts this program again, as the same process, in a network namespace that nothing else shares: its ports, its
 * addresses and what is cut there concern nobody else, and all of it ends with the process (network_namespaces(7)).
 * Returns where that is not allowed.
 */
export function enterOwnNetwork(): void {
  if (hasOwnNetwork() || process.platform !== 'linux') return
  const way = WAYS.find((options) => works(options))
  if (way === undefined || !works(way, 'ip', 'link', 'add', 'trial', 'type', 'bridge')) return
  const program = ['unshare', ...way, process.execPath, ...process.argv.slice(1)]
  process.execve?.('/usr/bin/unshare', program, { ...process.env, [INSIDE]: 'yes' })
}

function works(options: readonly string[], ...program: string[]): boolean {
  const command = program.length > 0 ? program : ['true']
  const { status } = spawnSync('/usr/bin/unshare', [...options, ...command], {
    timeout: TRY_DEADLINE_MS,
    stdio: 'ignore',
  })
  return status === 0
}
