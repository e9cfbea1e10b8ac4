import { requireNode } from './bootstrap/node-version.mjs'

requireNode()
const { runProduct } = await import('./bootstrap/run-product.mjs')
const { CHECK_HELP } = await import('./check-steps.mjs')

const args = process.argv.slice(2)

if (args.some((arg) => arg === '--help' || arg === '-h')) {
  console.log(CHECK_HELP)
} else {
  await runProduct('test', 'dev/check.ts', args)
}
