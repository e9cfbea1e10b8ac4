import { join } from 'node:path'
import { WORKER_BUILD } from './debian-needs.mjs'
import { provide } from './debian-packages.mjs'
import { cacheFolder } from './paths.mjs'
import { withProgress } from './progress.mjs'
import { SetupError } from './setup-error.mjs'
import { isWorker, mediasoupVersion, OWN_BINARY } from './worker-binary.mjs'
import { buildWorker } from './worker-build.mjs'
import { downloadWorker } from './worker-prebuilt.mjs'
import { recipeHash } from './worker-recipe.mjs'

/**
 * The worker that is there already.
 * @returns {string | undefined}
 */
export function findWorker() {
  const given = process.env.MEDIASOUP_WORKER_BIN
  if (given !== undefined && !isWorker(given)) {
    throw new SetupError(
      `MEDIASOUP_WORKER_BIN names ${given}, which is not a mediasoup worker that runs here.`,
      'Name one that does, or unset the variable to have one downloaded or built.',
    )
  }
  return [given, OWN_BINARY, join(ownBuild(), 'mediasoup-worker')].find((file) => file !== undefined && isWorker(file))
}

/** Downloads the worker, or where that cannot be done builds it. */
export async function makeWorker() {
  const noDownload = await withProgress('Asking for a prebuilt mediasoup worker', async (progress) => {
    const why = await downloadWorker()
    if (why !== '') progress.note(`The mediasoup worker cannot be downloaded (${why}), so it is built here.`)
    return why
  })
  if (noDownload === '') return
  await provide(WORKER_BUILD)
  await withProgress('Building the mediasoup worker', (progress) => buildWorker(ownBuild(), progress))
}

function ownBuild() {
  return join(cacheFolder(), 'mediasoup-worker', `${mediasoupVersion()}-${recipeHash()}-${process.arch}`)
}
