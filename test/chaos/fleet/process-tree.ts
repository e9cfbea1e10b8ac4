import { readFileSync } from 'node:fs'

/** The processes that a process has started and that still run (proc(5)); of a thread's too. */
export function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').map(Number).filter(Boolean)
  } catch {
    return []
  }
}
