import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { test } from 'node:test'
import { freePort, isTcpPortFree } from '../../../dev/free-port.ts'

const LAUNCHER = join(import.meta.dirname, '../../../dev/launch.ts')

type Launched = {
  readonly launcher: ChildProcessByStdio<null, Readable, Readable>
  readonly ended: Promise<unknown[]>
  /** Of the control plane and of the media node. */
  readonly ports: readonly number[]
  readonly output: readonly string[]
}

/** The launcher as `npm start` runs it, with a folder and ports of its own. */
async function launch(): Promise<Launched> {
  const port = await portBeforeFreeOne()
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'jbcalling-'))
  const launcher = spawn(process.execPath, [LAUNCHER, '--port', `${port}`], {
    env: { ...process.env, DATA_DIR, MEDIA_PORT: `${await freePort()}`, WORKERS: '1', STT_ENGINE: 'none' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(launcher, 'exit')
  const output: string[] = []
  createInterface({ input: launcher.stderr }).on('line', (line) => output.push(line))
  const ready = Promise.withResolvers<void>()
  createInterface({ input: launcher.stdout }).on('line', (line) => {
    output.push(line)
    if (line === `JBCalling is ready: http://localhost:${port}`) ready.resolve()
  })
  await Promise.race([ready.promise, ended.then(() => assert.fail(output.join('\n')))])
  return { launcher, ended, ports: [port, port + 1, port + 2], output }
}

async function portBeforeFreeOne(): Promise<number> {
  for (;;) {
    const port = await freePort()
    const next = await Promise.all([port + 1, port + 2].map((other) => isTcpPortFree(other, '127.0.0.1')))
    if (!next.includes(false)) return port
  }
}

async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {})
  return socket
}

async function assertNobodyListens({ ports }: Launched): Promise<void> {
  for (const port of ports) assert.equal(await isTcpPortFree(port, '127.0.0.1'), true)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`[E9] at ${signal} the launcher ends everything it started and succeeds`, async () => {
    const launched = await launch()
    launched.launcher.kill(signal)
    assert.deepEqual(await launched.ended, [0, null])
    await assertNobodyListens(launched)
  })
}

test('[E5] when the launcher is killed everything it started dies with it', async () => {
  const launched = await launch()
  const connections = await Promise.all(launched.ports.map(connectTo))
  const closed = connections.map((socket) => new Promise((resolve) => socket.once('close', resolve)))
  launched.launcher.kill('SIGKILL')
  await Promise.all(closed)
})

test('[E10] when one part dies the launcher names it, ends the others and fails', async () => {
  const launched = await launch()
  const { pid } = launched.launcher
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  const mediaNode = children.find((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('media-node'))
  assert.ok(mediaNode)
  process.kill(mediaNode, 'SIGKILL')
  assert.deepEqual(await launched.ended, [1, null])
  await assertNobodyListens(launched)
  assert.ok(launched.output.includes('node-1 ended unexpectedly by SIGKILL.'))
})
