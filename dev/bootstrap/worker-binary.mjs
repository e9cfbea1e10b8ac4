import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODE_MODULES } from './paths.mjs'

/** What a worker ends with when it is started by hand: it misses MEDIASOUP_VERSION (main.cpp). */
const STARTED_BY_HAND = 41

export const MEDIASOUP = join(NODE_MODULES, 'mediasoup')

/** Where mediasoup looks for its worker by itself. */
export const OWN_BINARY = join(MEDIASOUP, 'worker/out/Release/mediasoup-worker')

/** @returns {string} */
export function mediasoupVersion() {
  return JSON.parse(readFileSync(join(MEDIASOUP, 'package.json'), 'utf8')).version
}

/**
 * Whether this is a worker that runs on this machine: a file for another processor or without its libraries does not.
 * @param {string} binary
 */
export function isWorker(binary) {
  if (!existsSync(binary)) return false
  return spawnSync(binary, { env: {}, stdio: 'ignore', timeout: 10_000 }).status === STARTED_BY_HAND
}
