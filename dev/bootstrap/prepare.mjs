import { join } from 'node:path'
import { BENCHMARKS, missingPackages, REDIS, SPEECH_RECOGNITION, TESTS, TRANSLATION } from './debian-needs.mjs'
import { provide } from './debian-packages.mjs'
import { waitForLock } from './file-lock.mjs'
import { findWorker, makeWorker, replaceLater } from './mediasoup-worker.mjs'
import { node24 } from './node-24.mjs'
import { npmPackages } from './npm-packages.mjs'
import { ROOT } from './paths.mjs'
import { withProgress } from './progress.mjs'
import { findPromtool, providePromtool } from './promtool.mjs'
import { SetupError } from './setup-error.mjs'

const OTHER_SETUP_DEADLINE_MS = 2 * 60 * 60_000

/** @typedef {'start' | 'test' | 'bench'} Purpose */

/**
 * Installs whatever is missing for this purpose. Takes a moment when nothing is.
 * @param {Purpose} purpose
 * @returns {Promise<{ node: string, env: NodeJS.ProcessEnv }>} what to run the product with
 */
export async function prepare(purpose) {
  if (!isPrepared(purpose)) await setUpAlone(purpose)
  if (purpose === 'test' && findPromtool() === undefined) await providePromtool()
  const worker = findWorker(purpose)
  const fault = purpose === 'start' ? await replaceLater(worker) : ''
  if (fault !== '') console.error(fault)
  const env = { ...process.env, ...(worker === undefined ? {} : { MEDIASOUP_WORKER_BIN: worker }) }
  return { node: node24(), env: { ...env, ...withoutSpeechRecognition(purpose), ...withoutTranslation(purpose) } }
}

/** @param {Purpose} purpose */
function isPrepared(purpose) {
  return npmPackages.isDone() && missingPackages(needsOf(purpose)).length === 0 && findWorker(purpose) !== undefined
}

/** @param {Purpose} purpose */
async function setUpAlone(purpose) {
  const lock = await waitForLock(join(ROOT, '.data/setup.lock'), {
    deadlineMs: OTHER_SETUP_DEADLINE_MS,
    onFirstWait: () => console.error('Another start or test is setting this folder up; waiting for it …'),
  })
  if (lock === undefined) throw new SetupError('Another process has been setting this folder up for hours.', 'End it.')
  try {
    await setUp(purpose)
  } finally {
    await lock.release()
  }
}

/** @param {Purpose} purpose */
async function setUp(purpose) {
  if (!npmPackages.isDone()) await withProgress(npmPackages.title, npmPackages.run)
  node24()
  const needs = needsOf(purpose)
  await provide(needs).catch((error) => {
    if (!(error instanceof SetupError)) throw error
    error.print()
  })
  if (needs.includes(REDIS) && missingPackages([REDIS]).length > 0) {
    throw new SetupError('Nothing runs without Redis.', 'Install redis-tools, or name a Redis in REDIS_URL.')
  }
  if (findWorker(purpose) === undefined) await makeWorker(purpose)
}

/**
 * @param {Purpose} purpose
 * @returns {readonly import('./debian-needs.mjs').Need[]}
 */
function needsOf(purpose) {
  if (purpose === 'test') return [REDIS, ...SPEECH_RECOGNITION, ...TRANSLATION, ...TESTS]
  if (purpose === 'bench') return [...needsOf('test'), ...BENCHMARKS]
  const { REDIS_URL, STT_ENGINE = 'pocketsphinx', TRANSLATOR = 'apertium' } = process.env
  return [
    ...(REDIS_URL ? [] : [REDIS]),
    ...(STT_ENGINE === 'pocketsphinx' ? SPEECH_RECOGNITION : []),
    ...(TRANSLATOR === 'apertium' ? TRANSLATION : []),
  ]
}

/**
 * @param {Purpose} purpose
 * @returns {{ STT_ENGINE?: string }}
 */
function withoutSpeechRecognition(purpose) {
  const missing = missingPackages(needsOf(purpose).filter((need) => SPEECH_RECOGNITION.includes(need)))
  if (missing.length === 0) return {}
  console.error(`Captions are off: speech recognition needs ${missing.join(', ')}. Everything else runs.`)
  return { STT_ENGINE: 'none' }
}

/**
 * @param {Purpose} purpose
 * @returns {{ TRANSLATOR?: string }}
 */
function withoutTranslation(purpose) {
  const missing = missingPackages(needsOf(purpose).filter((need) => TRANSLATION.includes(need)))
  if (missing.length === 0) return {}
  console.error(`Captions are not translated: Apertium needs ${missing.join(', ')}. Everything else runs.`)
  return { TRANSLATOR: 'none' }
}
