import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './paths.mjs'
import { SetupError } from './setup-error.mjs'

const FOLDER = join(ROOT, 'dev/mediasoup-worker')
const PATCHES = join(FOLDER, 'patches')

/** Without fuzz a change is made only where the lines around it are as they were when it was written. */
const PATCH_OPTIONS = ['--strip=1', '--fuzz=0', '--batch', '--forward', '--no-backup-if-mismatch', '--reject-file=-']

/** The patches in the order in which they are applied. */
export function patchFiles() {
  return readdirSync(PATCHES)
    .sort()
    .map((name) => join(PATCHES, name))
}

/** Changes whenever a file of the recipe does. */
export function recipeHash() {
  const hash = createHash('sha256')
  for (const path of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = join(FOLDER, path)
    if (statSync(file).isFile()) hash.update(`${path}\n`).update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 12)
}

/**
 * Turns a copy of the worker's source into one that builds against Debian's libraries and that no packet ends.
 * @param {string} source
 * @param {string} version of mediasoup
 */
export function applyRecipe(source, version) {
  rmSync(join(source, 'subprojects'), { recursive: true })
  cpSync(join(FOLDER, 'overlay'), source, { recursive: true })
  for (const file of patchFiles()) applyPatch(source, file, version)
}

/**
 * @param {string} source
 * @param {string} file
 * @param {string} version of mediasoup
 * @throws {SetupError} when a line to be changed is not there: then the source is another one
 */
export function applyPatch(source, file, version) {
  const { status, stdout, error } = spawnSync('patch', [...PATCH_OPTIONS, `--directory=${source}`, `--input=${file}`], {
    encoding: 'utf8',
  })
  if (status === 0) return
  throw new SetupError(
    `${file} does not fit mediasoup ${version}: ${error?.message ?? stdout.trim()}`,
    'Adapt the patch to this version, or go back to the version that it was written for.',
  )
}
