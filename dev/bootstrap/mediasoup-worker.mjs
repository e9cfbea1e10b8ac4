import { join } from 'node:path'
import { missingPackages, WORKER_BUILD } from './debian-needs.mjs'
import { provide } from './debian-packages.mjs'
import { cacheFolder } from './paths.mjs'
import { withProgress } from './progress.mjs'
import { SetupError } from './setup-error.mjs'
import { isWorker, mediasoupVersion, OWN_BINARY } from './worker-binary.mjs'
import { buildWorker } from './worker-build.mjs'
import { buildForNextStart } from './worker-for-next-start.mjs'
import { downloadWorker } from './worker-prebuilt.mjs'
import { recipeHash } from './worker-recipe.mjs'

/** @typedef {import('./prepare.mjs').Purpose} Purpose */

/**
 * Where a worker may be.
 * @typedef {object} WorkerPlaces
 * @property {string | undefined} given by the user
 * @property {string} built by us, with our patches
 * @property {string} downloaded by mediasoup's install step, without them
 */

/** @returns {WorkerPlaces} */
function usualPlaces() {
  return {
    given: process.env.MEDIASOUP_WORKER_BIN,
    built: join(builtWorkerFolder(), 'mediasoup-worker'),
    downloaded: OWN_BINARY,
  }
}

/**
 * The worker that is there already. Tests and benchmarks take none that was downloaded: what they say is to hold for the
 * one that is deployed.
 * @param {Purpose} purpose
 * @param {WorkerPlaces} places
 * @returns {string | undefined}
 */
export function findWorker(purpose, { given, built, downloaded } = usualPlaces()) {
  if (given !== undefined && !isWorker(given)) {
    throw new SetupError(
      `MEDIASOUP_WORKER_BIN names ${given}, which is not a mediasoup worker that runs here.`,
      'Name one that does, or unset the variable to have one downloaded or built.',
    )
  }
  const candidates = [given, built, purpose === 'start' ? downloaded : undefined]
  return candidates.find((file) => file !== undefined && isWorker(file))
}

/**
 * Downloads the worker, so that a first start waits for no compiler, or where that cannot be done builds it.
 * @param {Purpose} purpose
 */
export async function makeWorker(purpose) {
  if (purpose === 'start' && (await download())) return
  await provide(WORKER_BUILD)
  await withProgress('Building the mediasoup worker', (progress) => buildWorker(builtWorkerFolder(), progress))
}

/**
 * What is to be said of a worker that serves this machine only; a better one is built meanwhile, where that can be done.
 * @param {string | undefined} worker
 * @returns {Promise<string>} empty when the worker is as good as any
 */
export async function replaceLater(worker) {
  if (worker !== OWN_BINARY) return ''
  return buildForNextStart({ folder: builtWorkerFolder(), missing: missingPackages(WORKER_BUILD) })
}

/** Where what we build is kept. */
export function builtWorkerFolder() {
  return join(cacheFolder(), 'mediasoup-worker', `${mediasoupVersion()}-${recipeHash()}-${process.arch}`)
}

/** @returns {Promise<boolean>} whether there is one now */
async function download() {
  const noDownload = await withProgress('Asking for a prebuilt mediasoup worker', async (progress) => {
    const why = await downloadWorker()
    if (why !== '') progress.note(`The mediasoup worker cannot be downloaded (${why}), so it is built here.`)
    return why
  })
  return noDownload === ''
}
