import { createHash } from 'node:crypto'
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './paths.mjs'
import { SetupError } from './setup-error.mjs'

const FOLDER = join(ROOT, 'dev/mediasoup-worker')

/**
 * @typedef {{ file: string, find: string, replace: string, why: string }} Replacement
 * @typedef {{ meson: string[], replacements: Replacement[] }} Recipe
 */

/** @returns {Recipe} */
export function readRecipe() {
  return JSON.parse(readFileSync(join(FOLDER, 'recipe.json'), 'utf8'))
}

/** Changes whenever a file of the recipe does. */
export function recipeHash() {
  const hash = createHash('sha256')
  for (const path of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = join(FOLDER, path)
    if (statSync(file).isFile()) hash.update(`${path}\n`).update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 12)
}

/**
 * Turns a copy of the worker's source into one that builds against Debian's libraries.
 * @param {string} source
 * @param {string} version of mediasoup
 */
export function applyRecipe(source, version) {
  rmSync(join(source, 'subprojects'), { recursive: true })
  cpSync(join(FOLDER, 'overlay'), source, { recursive: true })
  for (const replacement of readRecipe().replacements) {
    const file = join(source, replacement.file)
    writeFileSync(file, replaceOnce(readFileSync(file, 'utf8'), replacement, version))
  }
}

/**
 * @param {string} text
 * @param {Replacement} replacement
 * @param {string} version of mediasoup
 * @throws {SetupError} unless the pattern is there exactly once: else the source is another one
 */
export function replaceOnce(text, { file, find, replace, why }, version) {
  const [before, after, ...more] = text.split(find)
  if (before !== undefined && after !== undefined && more.length === 0) return before + replace + after
  throw new SetupError(
    `The recipe for mediasoup's worker does not fit mediasoup ${version}: worker/${file} has "${find}" ` +
      `${text.split(find).length - 1} times instead of once (${why}).`,
    'Adapt dev/mediasoup-worker/recipe.json to this version, or go back to the version that it was written for.',
  )
}
