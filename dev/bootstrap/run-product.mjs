import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { dyingWithParent } from './dying-with-parent.mjs'
import { watchNpm } from './npm-parent.mjs'
import { ROOT } from './paths.mjs'
import { prepare } from './prepare.mjs'
import { SetupError } from './setup-error.mjs'

const FORWARDED = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/**
 * Prepares the machine, then hands over to a TypeScript file under Node.js 24: passes signals on and ends as it ends.
 * @param {import('./prepare.mjs').Purpose} purpose
 * @param {string} script relative to the repository
 * @param {readonly string[]} args
 */
export async function runProduct(purpose, script, args) {
  try {
    const { node, env } = await prepare(purpose)
    process.exitCode = await handOver([node, join(ROOT, script), ...args], env)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    error.print()
    process.exitCode = 1
  }
}

/**
 * @param {readonly [string, ...string[]]} command
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function handOver(command, env) {
  const [program, ...args] = dyingWithParent(command, 'TERM')
  // In a group of its own, so that Ctrl-C comes once and by us, not a second time from the terminal.
  const child = spawn(program, args, { env, cwd: ROOT, stdio: 'inherit', detached: true })
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal))
  watchNpm(() => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
