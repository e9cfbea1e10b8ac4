import { readdirSync, readFileSync } from 'node:fs'

export type Process = { readonly pid: number; readonly parent: number; readonly name: string; readonly state: string }

/** The processes that this process started, and those that they started, dead ones that nobody has reaped included. */
export function descendants(of = process.pid): readonly Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)))
  const childrenOf = (parent: number): readonly Process[] =>
    all.filter((child) => child.parent === parent).flatMap((child) => [child, ...childrenOf(child.pid)])
  return childrenOf(of)
}

function readProcess(pid: number): readonly Process[] {
  try {
    const [, name = '', state = '', parent] =
      /^\d+ \((.*)\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return [{ pid, parent: Number(parent), name, state }]
  } catch {
    return []
  }
}
