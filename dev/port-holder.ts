import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const LISTENING = '0A'

/**
 * The process that listens on a TCP port, in words; undefined where that cannot be seen (other users' processes, systems
 * without /proc).
 */
export function portHolder(port: number): string | undefined {
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port))
  const holder = numericEntries('/proc').find((pid) => {
    return numericEntries(`/proc/${pid}/fd`).some((fd) => sockets.includes(linkOf(`/proc/${pid}/fd/${fd}`)))
  })
  if (holder === undefined) return undefined
  const command = readFileSync(`/proc/${holder}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  return `process ${holder} (${command.slice(0, 80)})`
}

/** proc(5): local address as `ADDRESS:PORT` in hexadecimal is the second column, the state the fourth, the inode the tenth. */
function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return linesOf(table)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => local.endsWith(suffix) && state === LISTENING)
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
