import { readdirSync, readFileSync } from 'node:fs'

/** All times are in the kernel's ticks, of which only shares are made (proc(5)). */

/** How long the processors that this process may run on have run anything, of how long there was. */
export type ProcessorTime = { readonly busy: number; readonly total: number }

export type ProcessTime = { readonly pid: number; readonly parent: number; readonly ticks: number }

/** The numbers in a list as the kernel writes it, such as `0-2,5`. */
export function cpusIn(list: string): readonly number[] {
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}

export function allowedCpus(): readonly number[] {
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return cpusIn(list)
}

/** @param stat the text of `/proc/stat` */
export function processorTime(stat: string, cpus: readonly number[]): ProcessorTime {
  const wanted = new Set(cpus.map((cpu) => `cpu${cpu}`))
  const rows = stat.split('\n').filter((line) => wanted.has(line.split(' ', 1)[0] ?? ''))
  return rows.reduce(
    (sum, row) => {
      // What guests take is in `user` already.
      const [user = 0, nice = 0, system = 0, idle = 0, ioWait = 0, irq = 0, softIrq = 0, steal = 0] = row
        .split(/\s+/)
        .slice(1)
        .map(Number)
      const busy = user + nice + system + irq + softIrq + steal
      return { busy: sum.busy + busy, total: sum.total + busy + idle + ioWait }
    },
    { busy: 0, total: 0 },
  )
}

/** Every process of the machine; one that ends meanwhile may be missing. */
export function processTimes(): readonly ProcessTime[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [parseProcess(readFileSync(`/proc/${pid}/stat`, 'utf8'))]
      } catch {
        return []
      }
    })
}

function parseProcess(stat: string): ProcessTime {
  // The name of the program comes second, in brackets, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return { pid: Number.parseInt(stat, 10), parent: Number(fields[1]), ticks }
}

/** These processes and all that they have started. */
export function withDescendants(roots: readonly number[], processes: readonly ProcessTime[]): ReadonlySet<number> {
  const found = new Set(roots)
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const { pid, parent } of processes) if (found.has(parent)) found.add(pid)
  }
  return found
}
