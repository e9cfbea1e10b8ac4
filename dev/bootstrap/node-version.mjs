import { SetupError } from './setup-error.mjs'

const LEAST_MAJOR = 20

/** The Node.js that npm runs must be new enough to set everything else up. */
export function checkNodeVersion() {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= LEAST_MAJOR) return
  throw new SetupError(
    `This is Node.js ${process.versions.node}; setting up needs ${LEAST_MAJOR} or newer.`,
    'Install a newer Node.js, then try again.',
  )
}
