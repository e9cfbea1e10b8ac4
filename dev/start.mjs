import { requireNode } from './bootstrap/node-version.mjs'

requireNode()
const { runProduct } = await import('./bootstrap/run-product.mjs')
const { LAUNCH_HELP, parseLaunchOptions } = await import('./launch-options.mjs')

const args = process.argv.slice(2)
const options = parseLaunchOptions(args)

if (typeof options === 'string') {
  console.error(`${options}\n\n${LAUNCH_HELP}`)
  process.exitCode = 2
} else if (options.help) {
  console.log(LAUNCH_HELP)
} else {
  await runProduct('start', 'dev/launch.ts', args)
}
