import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { startChild } from '../../../dev/child.ts'

test('[E5] what a launcher started is gone after the launcher was killed', async () => {
  const launcher = spawn(process.execPath, [join(import.meta.dirname, 'redis-owner.ts')])
  const [port] = await once(launcher.stdout, 'data')
  const connection = connect(Number(port), '127.0.0.1')
  connection.on('error', () => {})
  await once(connection, 'connect')
  const closed = new Promise((resolve) => connection.once('close', resolve))
  launcher.kill('SIGKILL')
  await closed
})

test('[E6] a child that ends when asked ends by itself', async () => {
  const child = await startChild({ name: 'polite', command: ['sleep', '1000'] })
  await child.stop()
  assert.deepEqual(await child.exited, { code: null, signal: 'SIGTERM' })
})

test('[E6] a child that does not end when asked is killed at the deadline', async () => {
  const up = Promise.withResolvers<void>()
  const stubborn = `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`
  const child = await startChild({
    name: 'stubborn',
    command: [process.execPath, '-e', stubborn],
    onLine: () => up.resolve(),
  })
  await up.promise
  await child.stop(10)
  assert.deepEqual(await child.exited, { code: null, signal: 'SIGKILL' })
})

test('[E6] killing a child kills what it started', async () => {
  const up = Promise.withResolvers<void>()
  const child = await startChild({
    name: 'family',
    command: ['sh', '-c', 'sleep 1000 & echo up; wait'],
    onLine: () => up.resolve(),
  })
  await up.promise
  child.kill()
  // Settles when nobody holds its output any more, and the grandchild holds it too.
  await child.exited
})

test('[E6] the end of what a child said is kept for the message about its death', async () => {
  const child = await startChild({ name: 'talker', command: ['seq', '1', '100'] })
  assert.deepEqual(await child.exited, { code: 0, signal: null })
  assert.equal(child.lastLines().length, 20)
  assert.equal(child.lastLines().at(-1), '100')
})

test('[E6] a program that is not there ends with a code, and says which it was', async () => {
  const child = await startChild({ name: 'nobody', command: ['no-such-program'] })
  assert.notEqual((await child.exited).code, 0)
  assert.match(child.lastLines().join(), /no-such-program/)
})
