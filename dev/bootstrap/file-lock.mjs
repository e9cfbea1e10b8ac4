import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { findCommand } from './find-command.mjs'

const HELD_ELSEWHERE = 75
const HOLD = 'echo held; exec cat'

/**
 * @typedef {object} FileLock
 * @property {() => Promise<void>} release
 */

/**
 * Takes a lock if nobody has it. The kernel holds it (flock(2)), through a helper that ends with us, so a lock is never
 * stale: the death of its owner frees it. Where there is no flock(1) nothing is locked.
 * @param {string} file
 * @returns {Promise<FileLock | undefined>} undefined when another process has it
 */
export async function tryLock(file) {
  const flock = findCommand('flock')
  if (flock === undefined) return { release: async () => {} }
  mkdirSync(dirname(file), { recursive: true })
  const args = ['--no-fork', '--nonblock', '--conflict-exit-code', `${HELD_ELSEWHERE}`, file, 'sh', '-c', HOLD]
  const holder = spawn(flock, args, { detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve) => holder.once('close', resolve))
  const held = new Promise((resolve, reject) => {
    holder.stdout.once('data', () => resolve(true))
    holder.once('error', reject)
    ended.then((code) =>
      code === HELD_ELSEWHERE ? resolve(false) : reject(new Error(`flock ended with code ${code}`)),
    )
  })
  if (!(await held)) return undefined
  return {
    release: async () => {
      holder.stdin.end()
      await ended
    },
  }
}

/**
 * Waits for a lock for as long as its owner lives, but not longer than the deadline.
 * @param {string} file
 * @param {{ deadlineMs: number, intervalMs?: number, onFirstWait: () => void }} options
 * @returns {Promise<FileLock | undefined>}
 */
export async function waitForLock(file, { deadlineMs, intervalMs = 500, onFirstWait }) {
  const deadline = Date.now() + deadlineMs
  for (let attempt = 1; ; attempt += 1) {
    const lock = await tryLock(file)
    if (lock !== undefined || Date.now() > deadline) return lock
    if (attempt === 1) onFirstWait()
    await new Promise((resolve) => setTimeout(resolve, intervalMs))
  }
}
