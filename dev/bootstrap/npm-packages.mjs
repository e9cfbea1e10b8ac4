import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODE_MODULES, ROOT } from './paths.mjs'
import { runCommand } from './run-command.mjs'
import { SetupError } from './setup-error.mjs'

/** What went wrong comes first, then npm explains its options at length. */
const SHOWN_LINES = 15
const INSTALL_DEADLINE_MS = 15 * 60_000
/** Everything, whatever NODE_ENV and the user's npm settings leave out. */
const NPM_CI = /** @type {const} */ (['npm', 'ci', '--include=dev', '--include=optional', '--loglevel=error'])

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage */

export const npmPackages = {
  title: 'Installing npm packages',

  isDone() {
    return isInstalled(
      packagesIn(join(ROOT, 'package-lock.json')),
      packagesIn(join(NODE_MODULES, '.package-lock.json')),
    )
  },

  async run() {
    const result = await runCommand(NPM_CI, {
      cwd: ROOT,
      deadlineMs: INSTALL_DEADLINE_MS,
    })
    if (result.ok) return
    throw new SetupError(
      `npm could not install the packages: ${result.why}.\n${result.output.slice(0, SHOWN_LINES).join('\n')}`,
      'If the registry cannot be reached, check the network or proxy (npm config get registry). "npm ci" shows it alone.',
    )
  },
}

/**
 * Compares what is locked with what npm wrote down that it installed, so that an install by hand counts as well.
 * Packages for other machines are locked and not installed.
 * @param {Record<string, LockedPackage>} locked
 * @param {Record<string, LockedPackage>} installed
 */
export function isInstalled({ '': _root, ...locked }, installed) {
  const wanted = Object.entries(locked).filter(([path, entry]) => !entry.optional || installed[path] !== undefined)
  return wanted.every(([path, entry]) => installed[path]?.version === entry.version)
}

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage>}
 */
function packagesIn(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {}
}
