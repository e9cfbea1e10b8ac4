import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { dyingWithParent } from './bootstrap/dying-with-parent.mjs'

const LAST_LINES = 20
const STOP_DEADLINE_MS = 5_000

/** A program and its arguments. */
export type Command = readonly [string, ...string[]]

export type ChildOptions = {
  readonly name: string
  readonly command: Command
  readonly env?: NodeJS.ProcessEnv
  /** Called with each line of its output. */
  readonly onLine?: (line: string) => void
}

export type ChildExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

export type Child = {
  readonly name: string
  readonly pid: number
  /** Settles when the process has ended and its output was read; never rejects. */
  readonly exited: Promise<ChildExit>
  /** The end of its output, for the message about an unexpected death. */
  lastLines(): readonly string[]
  /** SIGTERM, then SIGKILL to its whole process group at the deadline. Resolves when it has ended. */
  stop(deadlineMs?: number): Promise<void>
  /** SIGKILL to its whole process group. */
  kill(): void
}

/**
 * Starts a process that does not outlive this one. It has a process group of its own, so that Ctrl-C reaches only us.
 * Rejects when it cannot be started.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const [program, ...args] = dyingWithParent(options.command, 'KILL')
  const spawned = spawn(program, args, {
    env: options.env ?? process.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  for (const stream of [spawned.stdout, spawned.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      if (lines.length > LAST_LINES) lines.shift()
      options.onLine?.(line)
    })
  }
  const exited = new Promise<ChildExit>((resolve) => {
    spawned.once('close', (code, signal) => resolve({ code, signal }))
  })
  const pid = await pidOf(spawned)
  const kill = () => killGroup(pid)
  process.once('exit', kill)
  exited.then(() => process.off('exit', kill))
  return {
    name: options.name,
    pid,
    exited,
    lastLines: () => lines,
    kill,
    async stop(deadlineMs = STOP_DEADLINE_MS) {
      spawned.kill('SIGTERM')
      const timer = setTimeout(kill, deadlineMs)
      await exited
      clearTimeout(timer)
    },
  }
}

function pidOf(spawned: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    spawned.once('spawn', () => resolve(spawned.pid ?? 0))
    spawned.once('error', reject)
  })
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
