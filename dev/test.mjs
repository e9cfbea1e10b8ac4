import { runProduct } from './bootstrap/run-product.mjs'
import { CHECK_HELP } from './check-steps.mjs'

const args = process.argv.slice(2)

if (args.some((arg) => arg === '--help' || arg === '-h')) {
  console.log(CHECK_HELP)
} else {
  await runProduct('test', 'dev/check.ts', args)
}
