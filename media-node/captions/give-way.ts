import { readlinkSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import { basename } from 'node:path'

const LOWEST_PRIORITY = 19

/**
 * Has the calling thread run after the others of this process by so many steps of nice(2), of which each is about a quarter
 * less of a processor that is fought over. Linux has a priority for each thread, setpriority(2); elsewhere nothing happens.
 */
export function giveWay(steps: number): void {
  if (process.platform !== 'linux') return
  const thread = Number(basename(readlinkSync('/proc/thread-self')))
  setPriority(thread, Math.min(LOWEST_PRIORITY, getPriority(thread) + steps))
}
