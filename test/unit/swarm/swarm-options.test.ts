import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSwarmOptions, SWARM_HELP } from '../../../dev/swarm-options.mjs'
import { ROOT } from './stack-file.ts'

const runScript = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, [join(ROOT, 'dev/swarm.mjs'), ...args], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 30_000,
  })

test('[Z16] where no Docker engine answers the test says in one line that it is skipped, and what to do', () => {
  for (const env of [{ PATH: '/nowhere' }, { DOCKER_HOST: 'unix:///nowhere/docker.sock' }]) {
    const { status, stdout, stderr } = runScript([], env)
    assert.deepEqual([status, stderr], [0, ''])
    assert.match(stdout, /^SKIPPED npm run test:swarm: [^\n]+ install Docker [^\n]+\n$/)
  }
})

test('[Z16] options are read, and others refused by name', () => {
  assert.deepEqual(parseSwarmOptions([]), { pull: true, help: false })
  assert.deepEqual(parseSwarmOptions(['--no-pull', '-h']), { pull: false, help: true })
  assert.match(String(parseSwarmOptions(['--colour'])), /--colour/)
  assert.equal(runScript(['--help'], {}).stdout, `${SWARM_HELP}\n`)
})
