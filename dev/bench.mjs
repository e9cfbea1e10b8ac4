import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './bootstrap/paths.mjs'
import { runProduct } from './bootstrap/run-product.mjs'

const FOLDER = 'test/bench'
const [name = '', ...args] = process.argv.slice(2)
const script = `${FOLDER}/${name}.ts`

if (existsSync(join(ROOT, script))) {
  await runProduct('test', script, args)
} else {
  const names = readdirSync(join(ROOT, FOLDER)).filter((file) => file.endsWith('.ts'))
  console.error(
    `npm run bench:<name> [-- options]\n\nThe benchmarks: ${names.map((file) => file.slice(0, -3)).join(', ')}`,
  )
  process.exitCode = name === '--help' ? 0 : 2
}
