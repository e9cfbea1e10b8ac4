import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type SpawnWorker, spawnWorker } from '../../../media-node/sfu/spawn-worker.ts'
import type { WorkerReport } from '../../../media-node/sfu/worker-report.ts'
import { TestNode } from './test-node.ts'
import { until } from './until.ts'

test('[M438] a media worker inherits no setting of the media node', async (t) => {
  process.env['OPENAI_API_KEY'] = 'secret of the test'
  t.after(() => delete process.env['OPENAI_API_KEY'])
  const { worker, ended } = await spawnWorker(() => undefined)
  const inherited = readFileSync(`/proc/${worker.pid}/environ`, 'utf8').split('\0').filter(Boolean)
  worker.close()
  await ended
  const names = inherited.map((variable) => variable.split('=')[0] ?? '')
  assert.deepEqual(
    names.filter((name) => !['MEDIASOUP_VERSION', 'LD_LIBRARY_PATH', 'ASAN_OPTIONS', 'UBSAN_OPTIONS'].includes(name)),
    [],
  )
  assert.equal(process.env['OPENAI_API_KEY'], 'secret of the test')
})

test('[M439] a media worker that crashes says so, and blames nobody when it handled nothing', async () => {
  const reports: WorkerReport[] = []
  const { worker, ended } = await spawnWorker((report) => reports.push(report))
  process.kill(worker.pid, 'SIGSEGV')
  await ended
  assert.deepEqual(reports, [{ kind: 'crashed', senderId: undefined, count: 1, why: 'signal 11' }])
  assert.ok(worker.died)
})

/** Real workers, for which the test says whose packet they die of. */
class KillableWorkers {
  readonly #running = new Map<number, (report: WorkerReport) => void>()

  readonly spawn: SpawnWorker = async (reported) => {
    const spawned = await spawnWorker(reported)
    this.#running.set(spawned.worker.pid, reported)
    return spawned
  }

  kill(pid: number, senderId: string | undefined): void {
    this.#running.get(pid)?.({ kind: 'crashed', senderId, count: 1, why: 'a signal' })
    process.kill(pid, 'SIGKILL')
  }
}

test('[M440] the second media worker within a minute that dies of what participants of a room sent closes that room, and no other', async (t) => {
  const workers = new KillableWorkers()
  const node = await TestNode.start({}, { spawnWorker: workers.spawn })
  t.after(() => node.close())
  const metric = async (name: string) => {
    // Figures are computed once a second.
    node.clock.advance(1_000)
    const text = await (await fetch(`http://127.0.0.1:${node.node.metricsPort}/metrics`)).text()
    return text.match(new RegExp(`^jbcalling_${name}_total (\\d+)`, 'm'))?.[1]
  }
  for (const killed of ['1', '2']) {
    const killer = await node.join({ roomId: 'killers' })
    const witness = await node.join({ roomId: 'witnesses' })
    const [pid = 0] = node.node.workerPids
    workers.kill(pid, killer.welcome.sendTransport.transportId)
    await Promise.all([killer, witness].map(({ client }) => client.whenClosed()))
    await until(() => assert.deepEqual([node.node.workerPids.length, node.node.workerPids.includes(pid)], [1, false]))
    await until(async () => assert.equal(await metric('worker_kills'), killed))
  }
  assert.equal(await node.refusal(await node.token({ roomId: 'killers' })), 'room_closed')
  await node.join({ roomId: 'witnesses' })
  assert.equal(await metric('rooms_banned'), '1')
})

test('[M441] no room is blamed for a media worker of which nobody knows what it died of', async (t) => {
  const workers = new KillableWorkers()
  const node = await TestNode.start({}, { spawnWorker: workers.spawn })
  t.after(() => node.close())
  for (const senderId of [undefined, 'no transport', undefined]) {
    const { client } = await node.join()
    const [pid = 0] = node.node.workerPids
    workers.kill(pid, senderId)
    await client.whenClosed()
    await until(() => assert.deepEqual([node.node.workerPids.length, node.node.workerPids.includes(pid)], [1, false]))
  }
  await node.join()
})
