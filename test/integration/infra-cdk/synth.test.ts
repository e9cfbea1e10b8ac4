import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const APP = join(import.meta.dirname, '../../../infra-cdk/app.ts')

/** Whatever connects anywhere ends the process. */
const NO_NETWORK = `data:text/javascript,${encodeURIComponent(`
  import { Socket } from 'node:net'
  Socket.prototype.connect = () => process.exit(3)
`)}`

test('[I16] the templates of a stage are made without an account, without a network, and with nothing to look up', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'jbcalling-synth-'))
  t.after(() => rm(folder, { recursive: true }))
  const [page, out] = [join(folder, 'page'), join(folder, 'out')]
  await mkdir(page)
  await writeFile(join(page, 'index.html'), 'stand-in')
  const env = { PATH: process.env['PATH'], HOME: folder, JSII_DEPRECATED: 'quiet' }
  const args = ['--import', NO_NETWORK, APP, '--page', page, '--out', out]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  const stacks = ['Network', 'Data', 'ControlPlane', 'Page', 'MediaFleet', 'Observability']
  assert.deepEqual(stdout.trim().split('\n').sort(), stacks.map((name) => `JBCalling-example-${name}`).sort())
  const { missing } = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'))
  assert.equal(missing, undefined)
})
