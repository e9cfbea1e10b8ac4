import { builtWorkerFolder } from './bootstrap/mediasoup-worker.mjs'
import { withProgress } from './bootstrap/progress.mjs'
import { SetupError } from './bootstrap/setup-error.mjs'
import { buildWorker } from './bootstrap/worker-build.mjs'

/** Builds mediasoup's worker to where the next start finds it. Debian's packages for it must be there. */

try {
  await withProgress('Building the mediasoup worker', (progress) => buildWorker(builtWorkerFolder(), progress))
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  error.print()
  process.exitCode = 1
}
