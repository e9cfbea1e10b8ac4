import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from './bootstrap/paths.mjs'
import { buildPage, PAGE_FOLDER } from './build-page.ts'
import { startChild } from './child.ts'

const { values } = parseArgs({
  options: {
    stage: { type: 'string', default: 'example' },
    out: { type: 'string', default: '.data/cdk.out' },
  },
})
const out = resolve(ROOT, values.out)

await buildPage()
const app = await startChild({
  name: 'synth',
  command: [
    process.execPath,
    resolve(ROOT, 'infra-cdk/app.ts'),
    '--stage',
    values.stage,
    '--page',
    PAGE_FOLDER,
    '--out',
    out,
  ],
  // The CDK warns of what it does itself.
  env: { ...process.env, JSII_DEPRECATED: 'quiet' },
  onLine: (line) => console.log(line),
})
const { code } = await app.exited
if (code === 0) console.log(`→ ${out}`)
process.exitCode = code ?? 1
