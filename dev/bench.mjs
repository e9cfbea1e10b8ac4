import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireNode } from './bootstrap/node-version.mjs'

requireNode()
const { ROOT } = await import('./bootstrap/paths.mjs')
const { runProduct } = await import('./bootstrap/run-product.mjs')

const FOLDER = 'test/bench'
const [name = '', ...args] = process.argv.slice(2)
const script = `${FOLDER}/${name}.ts`

if (existsSync(join(ROOT, script))) {
  await runProduct('bench', script, args)
} else {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const names = Object.keys(scripts).filter((script) => /^(bench|sim):/.test(script))
  console.error(`npm run ${names.join(' | ')} [-- options]`)
  process.exitCode = name === '--help' ? 0 : 2
}
