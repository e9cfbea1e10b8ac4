import { findCommand } from './find-command.mjs'
import { runCommand } from './run-command.mjs'
import { SetupError } from './setup-error.mjs'

const LOCK_DEADLINE_MS = 120_000
const SHOWN_LINES = 20
const RETRY_MS = 2_000
const RUN_DEADLINE_MS = 30 * 60_000
const APT_GET = ['env', 'LC_ALL=C', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'APT::Status-Fd=1']
const INSTALL = ['install', '-y', '--no-install-recommends', '-o', `DPkg::Lock::Timeout=${LOCK_DEADLINE_MS / 1000}`]
const HELD_ELSEWHERE = /Could not get lock/
const UNKNOWN_PACKAGE = /Unable to locate package|has no installation candidate/

/**
 * Installs Debian packages, as root or through sudo.
 * @param {readonly string[]} packages
 * @param {import('./progress.mjs').Progress} progress
 * @throws {SetupError} that names the command to run by hand
 */
export async function installDebianPackages(packages, progress) {
  const byHand = `apt-get update && apt-get install --no-install-recommends ${packages.join(' ')}`
  if (findCommand('apt-get') === undefined) {
    throw new SetupError(
      `This system has no apt-get, so these could not be installed: ${packages.join(', ')} (their names in Debian).`,
      'Install what they bring with the package manager of this system.',
    )
  }
  const asRoot = await rootPrefix(progress)
  if (asRoot === undefined) {
    throw new SetupError(
      `Installing Debian packages needs root, and sudo is not allowed here: ${packages.join(', ')}.`,
      `Run this as root, then try again:\n  ${byHand}`,
    )
  }
  const aptGet = (/** @type {string[]} */ ...args) => run([...asRoot, ...APT_GET, ...args], progress)
  // What an unrelated repository answers does not matter: the installation shows whether the lists are good enough.
  await retryWhileLocked(() => aptGet('update'))
  const result = await retryWhileLocked(() => aptGet(...INSTALL, ...packages))
  if (result.ok) return
  if (UNKNOWN_PACKAGE.test(result.output.join('\n'))) {
    for (const one of packages) await aptGet(...INSTALL, one)
  }
  throw new SetupError(
    `apt-get could not install ${packages.join(', ')}: ${result.why}.\n${result.output.slice(-SHOWN_LINES).join('\n')}`,
    `See what it says when it is run by hand as root:\n  ${byHand}`,
  )
}

/**
 * What to put before a command to run it as root.
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<string[] | undefined>} undefined when we may not
 */
async function rootPrefix(progress) {
  if (process.getuid?.() === 0) return []
  if (findCommand('sudo') === undefined) return undefined
  const silent = await runCommand(['sudo', '-n', 'true'], { deadlineMs: 10_000 })
  if (silent.ok) return ['sudo', '-n']
  if (!process.stdin.isTTY) return undefined
  progress.note('Debian packages are missing; sudo may ask for your password to install them.')
  progress.pause()
  const asked = await runCommand(['sudo', '-v'], { deadlineMs: 120_000, asksUser: true })
  return asked.ok ? ['sudo', '-n'] : undefined
}

/** @typedef {Awaited<ReturnType<typeof runCommand>>} Result */

/**
 * @param {string[]} command
 * @param {import('./progress.mjs').Progress} progress
 */
function run([program = '', ...args], progress) {
  const onLine = (/** @type {string} */ line) => {
    const [kind, , percent, text] = line.split(':')
    if (kind !== 'dlstatus' && kind !== 'pmstatus') return false
    progress.update(`${Math.round(Number(percent))} %, ${text}`)
    return true
  }
  return runCommand([program, ...args], { deadlineMs: RUN_DEADLINE_MS, finishesAlone: true, onLine })
}

/**
 * The lists' lock knows no timeout of apt-get's own.
 * @param {() => Promise<Result>} attempt
 */
async function retryWhileLocked(attempt) {
  const deadline = Date.now() + LOCK_DEADLINE_MS
  for (;;) {
    const result = await attempt()
    if (result.ok || !HELD_ELSEWHERE.test(result.output.join('\n')) || Date.now() > deadline) return result
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}
