import { noDockerEngine } from './bootstrap/docker-engine.mjs'
import { requireNode } from './bootstrap/node-version.mjs'

requireNode()
const { runProduct } = await import('./bootstrap/run-product.mjs')
const { parseSwarmOptions, SWARM_HELP } = await import('./swarm-options.mjs')

const args = process.argv.slice(2)
const options = parseSwarmOptions(args)

if (typeof options === 'string') {
  console.error(`${options}\n\n${SWARM_HELP}`)
  process.exitCode = 2
} else if (options.help) {
  console.log(SWARM_HELP)
} else {
  const why = noDockerEngine()
  if (why === undefined) await runProduct('test', 'test/swarm/main.ts', args)
  else console.log(`SKIPPED npm run test:swarm: ${why}.`)
}
