import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { dyingWithParent } from '../../dev/bootstrap/dying-with-parent.mjs'
import { ROOT } from '../../dev/bootstrap/paths.mjs'

const run = promisify(execFile)
const DEADLINE_MS = 60_000
const MOST_OUTPUT = 64 * 1024 * 1024

export type DockerOptions = {
  readonly env?: Readonly<Record<string, string>>
  readonly deadlineMs?: number
}

/** Runs a command of Docker's client and answers what it printed. Rejects with what it said when it fails. */
export async function docker(args: readonly string[], options: DockerOptions = {}): Promise<string> {
  const { env = {}, deadlineMs = DEADLINE_MS } = options
  const [program, ...command] = dyingWithParent(['docker', ...args], 'TERM')
  const { stdout } = await run(program, command, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    timeout: deadlineMs,
    maxBuffer: MOST_OUTPUT,
  })
  return stdout.trim()
}

/** The lines that a command printed. */
export async function dockerLines(args: readonly string[]): Promise<readonly string[]> {
  return (await docker(args)).split('\n').filter((line) => line !== '')
}
