import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { node24 } from './node-24.mjs'
import { runCommand } from './run-command.mjs'
import { isWorker, MEDIASOUP, OWN_BINARY } from './worker-binary.mjs'

const ANSWER_DEADLINE_MS = 5_000
const DOWNLOAD_DEADLINE_MS = 60_000

/**
 * Tries mediasoup's own install step: it downloads a worker to where mediasoup looks for it.
 * There is no checksum to compare it with (docs/decisions/mediasoup-worker.md).
 * @returns {Promise<string>} why there is none, empty when there is
 */
export async function downloadWorker() {
  const host = downloadHost()
  if (!(await answers(host))) return `${host} does not answer`
  // Without Python its fall-back ends at once: a build that downloads tools and libraries, where ours needs no download.
  const env = { ...process.env, PYTHON: 'false' }
  const command = /** @type {const} */ ([node24(), 'npm-scripts.mjs', 'postinstall'])
  const result = await runCommand(command, { cwd: MEDIASOUP, env, deadlineMs: DOWNLOAD_DEADLINE_MS })
  if (isWorker(OWN_BINARY)) return ''
  return result.output.find((line) => line.includes('downloadPrebuiltWorker() | '))?.split(' | ')[1] ?? result.why
}

function downloadHost() {
  const { repository } = JSON.parse(readFileSync(join(MEDIASOUP, 'package.json'), 'utf8'))
  const base = process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL || repository.url.replace(/^git\+/, '')
  return new URL(base).origin
}

/** @param {string} origin */
async function answers(origin) {
  try {
    await fetch(origin, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) })
    return true
  } catch {
    return false
  }
}
