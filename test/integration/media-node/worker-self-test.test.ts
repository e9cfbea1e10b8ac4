import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SpawnWorker, spawnWorker } from '../../../media-node/sfu/spawn-worker.ts'
import { hostilePackets, survives } from '../../../media-node/sfu/worker-self-test.ts'
import { systemClock } from '../../../shared/clock.ts'
import { SettingsError } from '../../../shared/settings.ts'
import { TestNode } from './test-node.ts'

/** Names a worker without our patches, such as the one that mediasoup's install step downloads. */
const UNPATCHED = process.env['UNPATCHED_MEDIASOUP_WORKER']

/** A real worker that is killed as soon as it listens for packets. */
const mortal: SpawnWorker = async (reported) => {
  const spawned = await spawnWorker(reported)
  const { worker } = spawned
  worker.observer.on('newrouter', (router) => {
    router.observer.on('newtransport', () => process.kill(worker.pid, 'SIGKILL'))
  })
  return spawned
}

for (const hostile of hostilePackets) {
  test(`[M434] the media worker outlives ${hostile.name}`, async () => {
    assert.ok(await survives(spawnWorker, systemClock, [hostile]))
  })

  test(`[M435] a media worker without our patches dies of ${hostile.name}`, {
    skip: UNPATCHED === undefined && 'needs a worker without our patches in UNPATCHED_MEDIASOUP_WORKER',
  }, async () => {
    assert.equal(await survives((reported) => spawnWorker(reported, UNPATCHED), systemClock, [hostile]), false)
  })
}

test('[M436] a media worker that dies of hostile packets serves this machine only, and each address open to others is named', async (t) => {
  const beyond = { HOST: '0.0.0.0', MEDIA_ADDRESS: '192.0.2.1' }
  const refused = (error: unknown) => {
    assert.ok(error instanceof SettingsError)
    assert.match(error.message, /HOST: 0\.0\.0\.0 is open to others.*build-worker/)
    assert.match(error.message, /MEDIA_ADDRESS: 192\.0\.2\.1 is open to others/)
    assert.doesNotMatch(error.message, /MEDIA_LISTEN_IP/)
    return true
  }
  await assert.rejects(TestNode.start(beyond, { spawnWorker: firstMortal() }), refused)
  const node = await TestNode.start({}, { spawnWorker: firstMortal() })
  t.after(() => node.close())
  await node.join()
})

/** The worker of the self-test dies, those of the rooms live. */
function firstMortal(): SpawnWorker {
  let spawned = 0
  return (reported) => {
    spawned += 1
    return spawned === 1 ? mortal(reported) : spawnWorker(reported)
  }
}

test('[M437] the self-test leaves no process behind, whether the worker lives or dies', async () => {
  for (const spawn of [spawnWorker, mortal]) {
    let pid = 0
    await survives(async (reported) => {
      const spawned = await spawn(reported)
      pid = spawned.worker.pid
      return spawned
    }, systemClock)
    assert.throws(() => process.kill(pid, 0), /ESRCH/)
  }
})
