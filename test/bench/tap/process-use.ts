import { readFile } from 'node:fs/promises'

/** Linux counts in hundredths of a second, on every architecture that Node.js runs on (`getconf CLK_TCK`). */
const MS_PER_TICK = 10
const PAGE_BYTES = 4_096
/** Places after the name in /proc/pid/stat, proc(5): utime and stime. */
const UTIME = 11
const STIME = 12

/** Milliseconds of CPU that a process has used since it started. */
export async function cpuMsOfProcess(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[UTIME]) + Number(fields[STIME])) * MS_PER_TICK
}

/** Bytes that a process has in memory and shares with none; what its libraries share counts nowhere. */
export async function memoryOfProcess(pid: number): Promise<number> {
  const [, resident, shared] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')
  return (Number(resident) - Number(shared)) * PAGE_BYTES
}
