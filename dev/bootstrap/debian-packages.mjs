import { installDebianPackages } from './apt.mjs'
import { missingPackages } from './debian-needs.mjs'
import { withProgress } from './progress.mjs'

/**
 * Installs what is missing of these needs.
 * @param {readonly import('./debian-needs.mjs').Need[]} needs
 * @throws {import('./setup-error.mjs').SetupError}
 */
export async function provide(needs) {
  const missing = missingPackages(needs)
  if (missing.length === 0) return
  await withProgress('Installing Debian packages', (progress) => {
    progress.note(`  ${missing.join(' ')}`)
    return installDebianPackages(missing, progress)
  })
}
