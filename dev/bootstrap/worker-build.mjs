import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { waitForLock } from './file-lock.mjs'
import { runCommand } from './run-command.mjs'
import { SetupError } from './setup-error.mjs'
import { isWorker, MEDIASOUP, mediasoupVersion } from './worker-binary.mjs'
import { applyRecipe } from './worker-recipe.mjs'

const CONFIGURE_DEADLINE_MS = 5 * 60_000
const BUILD_DEADLINE_MS = 60 * 60_000
const MEMORY_PER_COMPILER = 1024 ** 3
const SHOWN_LINES = 20
const ESTIMATE_AFTER_FILES = 20
const BINARY = 'mediasoup-worker'
const MESON_OPTIONS = /** @type {const} */ (['--buildtype', 'release', '-Db_ndebug=true'])
/** One of the headers that are all generated at once. */
const GENERATED = 'fbs/FBS/worker.h'

/** @typedef {import('./progress.mjs').Progress} Progress */

/**
 * Builds the worker from the source in the npm package against Debian's libraries.
 * Whoever comes second waits for the first.
 * @param {string} folder in which the finished binary appears, all at once
 * @param {Progress} progress
 */
export async function buildWorker(folder, progress) {
  const lock = await waitForLock(`${folder}.lock`, {
    deadlineMs: BUILD_DEADLINE_MS,
    onFirstWait: () => progress.update('another process builds it, waiting for that'),
  })
  if (lock === undefined) {
    throw new SetupError('Another process has been building it for an hour.', `See who holds ${folder}.lock.`)
  }
  const work = `${folder}.building`
  try {
    if (isWorker(join(folder, BINARY))) return
    rmSync(work, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
    const binary = await compile(work, `${folder}.log`, progress)
    mkdirSync(join(work, 'result'))
    renameSync(binary, join(work, 'result', BINARY))
    renameSync(join(work, 'result'), folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
    await lock.release()
  }
}

/**
 * @param {string} work an empty place
 * @param {string} logFile
 * @param {Progress} progress
 * @returns {Promise<string>} the binary
 */
async function compile(work, logFile, progress) {
  const source = join(work, 'worker')
  const build = join(work, 'build')
  cpSync(join(MEDIASOUP, 'worker'), source, { recursive: true })
  rmSync(logFile, { force: true })
  applyRecipe(source, mediasoupVersion())
  progress.update('configuring')
  const setup = /** @type {const} */ (['meson', 'setup', ...MESON_OPTIONS, build, source])
  await runLogged(setup, { logFile, deadlineMs: CONFIGURE_DEADLINE_MS })
  // Some of the sources that include them do not say so, and would be compiled while they are being written.
  const headers = /** @type {const} */ (['ninja', '-C', build, GENERATED])
  await runLogged(headers, { logFile, deadlineMs: CONFIGURE_DEADLINE_MS })
  const ninja = /** @type {const} */ (['ninja', '-C', build, '-j', `${compilers()}`, BINARY])
  await runLogged(ninja, { logFile, deadlineMs: BUILD_DEADLINE_MS, onLine: estimate(progress) })
  const binary = join(build, BINARY)
  if (isWorker(binary)) return binary
  throw new SetupError('The worker was built but does not run.', `The log of the build is ${logFile}.`)
}

/**
 * @param {readonly [string, ...string[]]} command
 * @param {import('./run-command.mjs').RunOptions} options
 */
async function runLogged(command, options) {
  const result = await runCommand(command, options)
  if (result.ok) return
  throw new SetupError(
    `Building the mediasoup worker failed in ${command[0]}: ${result.why}.\n${result.output.slice(-SHOWN_LINES).join('\n')}`,
    `The whole log is ${options.logFile}. A worker from elsewhere can be named in MEDIASOUP_WORKER_BIN.`,
  )
}

/** As many as there are processors, but not more than the memory holds. */
function compilers() {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / MEMORY_PER_COMPILER)))
}

/**
 * Reads ninja's "[12/261] Compiling …".
 * @param {Progress} progress
 */
function estimate(progress) {
  const started = Date.now()
  return (/** @type {string} */ line) => {
    const [, done, all] = line.match(/^\[(\d+)\/(\d+)\]/) ?? []
    if (done === undefined || all === undefined) return false
    const minutes = Math.ceil((((Date.now() - started) / Number(done)) * (Number(all) - Number(done))) / 60_000)
    const left = Number(done) < ESTIMATE_AFTER_FILES ? '' : `, about ${minutes} min left`
    progress.update(`${done}/${all} files${left}`)
    return true
  }
}
