import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../../dev/free-port.ts'
import { redisCommand } from '../../../dev/redis-command.ts'
import { redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import { renderTemplate } from '../../unit/swarm/go-template.ts'
import { exampleEnvironment, ROOT, readStack } from '../../unit/swarm/stack-file.ts'

const START_DEADLINE_MS = 20_000
const { services, configs } = readStack(exampleEnvironment())

/** The folder of the secrets, as make-secrets.sh makes them; Docker, which prints the signing key, is a stand-in. */
function makeSecrets(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'jbcalling-secrets-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'docker'), '#!/bin/sh\necho key\n')
  chmodSync(join(bin, 'docker'), 0o755)
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, SECRETS: folder }
  const made = spawnSync(join(ROOT, 'infra-swarm/make-secrets.sh'), ['image:1'], { env, encoding: 'utf8' })
  assert.equal(made.status, 0, made.stderr)
  return folder
}

/** Redis as the stack runs it, on a port of this machine. */
async function startRedis(t: TestContext, password: string): Promise<number> {
  const template = readFileSync(join(ROOT, 'infra-swarm', configs['redis']?.file ?? ''), 'utf8')
  const port = await freePort()
  const [program = '', ...args] = redisCommand()
  const local = ['-', '--port', `${port}`, '--bind', '127.0.0.1', '--dir', tmpdir()]
  const child = spawn(program, [...args, ...local], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null) await once(child, 'exit')
  })
  child.stdin.end(renderTemplate(template, {}, { 'redis-password': password }))
  const lines = createInterface({ input: child.stdout, signal: AbortSignal.timeout(START_DEADLINE_MS) })
  for await (const line of lines) if (line.includes('Ready to accept connections')) break
  child.stdout.resume()
  return port
}

test('[Z65] Redis answers nobody without its password, and the address that our processes are given has it', async (t) => {
  const folder = makeSecrets(t)
  const url = new URL(readFileSync(join(folder, 'redis-url'), 'utf8').trim())
  assert.deepEqual([url.hostname, url.port], ['redis', '6379'])
  const port = await startRedis(t, readFileSync(join(folder, 'redis-password'), 'utf8').trim())
  url.host = `127.0.0.1:${port}`
  const registry = redisNodeRegistry({ url: url.href })
  t.after(() => registry.close())
  assert.deepEqual(await registry.alive(), [])
  const stranger = redisNodeRegistry({ url: `redis://127.0.0.1:${port}` })
  t.after(() => stranger.close())
  await assert.rejects(stranger.alive(), { code: 'unavailable' })
})

test('[Z65] Redis is well where it takes its password, and not where it refuses it', async (t) => {
  const folder = makeSecrets(t)
  const secret = join(folder, 'redis-password')
  const port = await startRedis(t, readFileSync(secret, 'utf8').trim())
  const [kind, command = ''] = services['redis']?.healthcheck?.test ?? []
  assert.equal(kind, 'CMD-SHELL')
  const asked = command.replaceAll('$$', '$').replace('/run/secrets/redis-password', secret)
  const health = () => spawnSync('sh', ['-c', asked.replace('redis-cli', `redis-cli -p ${port}`)]).status
  assert.equal(health(), 0)
  writeFileSync(secret, 'another')
  assert.notEqual(health(), 0)
})
