const LEAST_MAJOR = 20

/** Ends with a clear message where Node.js is too old for everything else here, which must be imported after this. */
export function requireNode() {
  const { node } = process.versions
  if (Number(node.split('.')[0]) >= LEAST_MAJOR) return
  console.error(
    `This is Node.js ${node}; setting JBCalling up needs ${LEAST_MAJOR} or newer.\n→ Install a newer one, then try again.`,
  )
  process.exit(1)
}
