import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { withProgress } from './bootstrap/progress.mjs'
import { SetupError } from './bootstrap/setup-error.mjs'
import { buildWorker } from './bootstrap/worker-build.mjs'

/** Builds mediasoup's worker for an image: `node dev/build-worker.mjs <file>`. Debian's packages for it must be there. */

const [file = '/usr/local/bin/mediasoup-worker'] = process.argv.slice(2)
const folder = '/tmp/mediasoup-worker'

try {
  await withProgress('Building the mediasoup worker', (progress) => buildWorker(folder, progress))
  cpSync(join(folder, 'mediasoup-worker'), file)
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  error.print()
  process.exitCode = 1
}
