import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { dyingWithParent } from './dying-with-parent.mjs'

const MOST_LINES = 200
const KILL_AFTER_MS = 5_000

/**
 * @typedef {object} RunOptions
 * @property {number} deadlineMs
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [logFile] everything the program says is added to it
 * @property {boolean} [finishesAlone] it is not ended when we are: half done would be worse than unasked
 * @property {boolean} [asksUser] it may ask for a password on the terminal
 * @property {(line: string) => boolean | void} [onLine] answers true for a line that only tells how far it is
 */

/**
 * Runs a program to its end. Never rejects: one that cannot be started or outlives its deadline has failed.
 * Of its output, the last lines are kept, without those that only tell how far it is.
 * @param {readonly [string, ...string[]]} command
 * @param {RunOptions} options
 * @returns {Promise<{ ok: boolean, why: string, output: string[] }>}
 */
export async function runCommand(command, options) {
  const log = options.logFile === undefined ? undefined : openLog(options.logFile)
  log?.write(`$ ${command.join(' ')}\n`)
  const [program, ...args] = options.finishesAlone ? command : dyingWithParent(command, 'TERM')
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: [options.asksUser ? 'inherit' : 'ignore', 'pipe', 'pipe'],
  })
  /** @type {string[]} */
  const output = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      log?.write(`${line}\n`)
      if (options.onLine?.(line) === true) return
      output.push(line)
      if (output.length > MOST_LINES) output.shift()
    })
  }
  const why = await failureOf(child, options.deadlineMs)
  log?.end()
  return { ok: why === '', why, output }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} deadlineMs
 * @returns {Promise<string>} why it failed, empty when it did not
 */
function failureOf(child, deadlineMs) {
  return new Promise((resolve) => {
    let tooLate = false
    const deadline = setTimeout(() => {
      tooLate = true
      child.kill('SIGTERM')
    }, deadlineMs)
    const lastResort = setTimeout(() => child.kill('SIGKILL'), deadlineMs + KILL_AFTER_MS)
    const end = (/** @type {string} */ why) => {
      clearTimeout(deadline)
      clearTimeout(lastResort)
      resolve(tooLate ? `it took longer than ${Math.round(deadlineMs / 1000)} s` : why)
    }
    child.once('error', (error) => end(error.message))
    child.once('close', (code, signal) => {
      if (code === 0) end('')
      else end(signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`)
    })
  })
}

/** @param {string} file */
function openLog(file) {
  mkdirSync(dirname(file), { recursive: true })
  return createWriteStream(file, { flags: 'a' })
}
