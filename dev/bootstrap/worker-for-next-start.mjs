import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tryLock } from './file-lock.mjs'
import { ROOT } from './paths.mjs'

const FAULT = 'The media worker that was downloaded can be ended by a packet, so it serves this machine only.'

/**
 * Builds the worker while the product runs, and leaves the processors to it. The build goes on when the product ends:
 * whoever tries it for a minute has it at the next start.
 * @param {object} options
 * @param {string} options.folder in which the worker appears; its log and its lock are beside it
 * @param {readonly string[]} options.missing Debian packages that the build lacks
 * @param {string} [options.program] what builds it
 * @returns {Promise<string>} a line to say
 */
export async function buildForNextStart({ folder, missing, program = join(ROOT, 'dev/cache-worker.mjs') }) {
  if (missing.length > 0) {
    return `${FAULT} With ${missing.join(', ')} installed, a start builds a better one in the background.`
  }
  const lock = await tryLock(`${folder}.lock`)
  if (lock === undefined) return `${FAULT} A better one is being built already; the next start takes it.`
  await lock.release()
  const logFile = `${folder}.background.log`
  mkdirSync(dirname(logFile), { recursive: true })
  const log = openSync(logFile, 'a')
  const child = spawn('nice', ['-n', '19', process.execPath, program], { detached: true, stdio: ['ignore', log, log] })
  child.once('error', () => {})
  child.unref()
  closeSync(log)
  return `${FAULT} A better one is being built in the background (${logFile}); the next start takes it.`
}
