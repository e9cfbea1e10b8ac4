import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { SettingsError } from '../../../shared/settings.ts'
import { TestNode } from './test-node.ts'
import { startPool } from './test-router.ts'

test('[M50] a burst of rooms spreads over the workers', async (t) => {
  const pool = await startPool({ workers: 2, port: 0 })
  t.after(() => pool.close())
  const homes = await Promise.all(Array.from({ length: 10 }, () => pool.createRouter()))
  const perWorker = Map.groupBy(homes, ({ webRtcServer }) => webRtcServer.id)
  assert.deepEqual(
    [...perWorker.values()].map(({ length }) => length),
    [5, 5],
  )
  for (const { router } of homes) router.close()
  assert.equal((await pool.dump()).routers, 0)
})

test('[M51] a media port that is taken is named with its protocol and its setting', async (t) => {
  const udp = createSocket('udp4')
  udp.bind(0, '127.0.0.1')
  await once(udp, 'listening')
  t.after(() => udp.close())
  const { port } = udp.address()
  const named = (error: unknown) =>
    error instanceof SettingsError && error.message.includes(`MEDIA_PORT: UDP port ${port} is taken`)
  await assert.rejects(startPool({ workers: 1, port }), named)
})

test('[M52] a signalling port that is taken is named with its setting, and nothing stays behind', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.after(() => taken.close())
  const address = taken.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  await assert.rejects(TestNode.start({ PORT: String(port) }), new RegExp(`PORT: TCP port ${port} is taken`))
})
