import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Tables of sockets, and the state in which a socket there has its port to itself (proc(5)). */
const TABLES = { tcp: '0A', tcp6: '0A', udp: '07', udp6: '07' }

/**
 * The process that has a TCP or UDP port, in words; undefined where that cannot be seen (other users' processes,
 * systems without /proc).
 */
export function portHolder(port: number): string | undefined {
  const sockets = Object.entries(TABLES).flatMap(([table, state]) => socketsOf(`/proc/net/${table}`, state, port))
  const holder = numericEntries('/proc').find((pid) => {
    return numericEntries(`/proc/${pid}/fd`).some((fd) => sockets.includes(linkOf(`/proc/${pid}/fd/${fd}`)))
  })
  if (holder === undefined) return undefined
  const command = linesOf(`/proc/${holder}/cmdline`).join(' ').replaceAll('\0', ' ').trim()
  return `process ${holder} (${command.slice(0, 80)})`
}

/** proc(5): the second column is the local address as `ADDRESS:PORT` in hexadecimal, the 4th the state, the 10th the inode. */
function socketsOf(table: string, state: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return linesOf(table)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , itsState]) => local.endsWith(suffix) && itsState === state)
    .map((columns) => `socket:[${columns[9]}]`)
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}

function numericEntries(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file)
  } catch {
    return ''
  }
}
