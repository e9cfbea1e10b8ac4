import { requireNode } from './bootstrap/node-version.mjs'

requireNode()
const { runProduct } = await import('./bootstrap/run-product.mjs')

await runProduct('test', 'test/fuzz/main.ts', process.argv.slice(2))
