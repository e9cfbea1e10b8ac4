import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The first program of this name on the path, or undefined.
 * @param {string} name
 */
export function findCommand(name) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
