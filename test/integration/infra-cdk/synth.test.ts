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
  const { stdout } = await promisify(execFile)(process.execPath, [SYNTH, '--out', folder], { env })
  const stacks = ['Network', 'Data', 'ControlPlane', 'Page', 'MediaFleet', 'Observability']
  for (const name of stacks) assert.match(stdout, new RegExp(`^JBCalling-example-${name}$`, 'm'))
  const { missing } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
  assert.equal(missing, undefined)
})
