import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const SYNTH = join(import.meta.dirname, '../../../dev/synth.mjs')

/** Whatever connects anywhere ends the process. */
const NO_NETWORK = `data:text/javascript,${encodeURIComponent(`
  import { Socket } from 'node:net'
  Socket.prototype.connect = () => process.exit(3)
`)}`

test('[I16] the templates of a stage are made without an account, without a network, and with nothing to look up', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'jbcalling-synth-'))
  t.after(() => rm(folder, { recursive: true }))
  const env = { PATH: process.env['PATH'], HOME: folder, NODE_OPTIONS: `--import ${NO_NETWORK}` }
  const out = join(folder, 'out')
  const { stdout } = await promisify(execFile)(process.execPath, [SYNTH, '--out', out], { env })
  const stacks = ['Network', 'Data', 'ControlPlane', 'Page', 'MediaFleet', 'Observability']
  const made = stdout.split('\n').filter((line) => line.startsWith('JBCalling-'))
  assert.deepEqual(made.sort(), stacks.map((name) => `JBCalling-example-${name}`).sort())
  const { missing } = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'))
  assert.equal(missing, undefined)
})
