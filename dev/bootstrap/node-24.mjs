import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { NODE_MODULES } from './paths.mjs'
import { SetupError } from './setup-error.mjs'

const WANTED_MAJOR = 24

/**
 * The Node.js that runs the product's TypeScript: this one if it is new enough, else the one among the npm packages.
 * @returns {string}
 */
export function node24() {
  if (Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR) return process.execPath
  const packaged = join(NODE_MODULES, '.bin/node')
  if (existsSync(packaged)) return packaged
  throw new SetupError(
    `This is Node.js ${process.versions.node}; the product runs on ${WANTED_MAJOR}, ` +
      `which npm did not bring for this machine (${process.platform} ${process.arch}).`,
    `Run "npm ci" and see what it says about node-${process.platform}-${process.arch}, or install Node.js ${WANTED_MAJOR}.`,
  )
}
