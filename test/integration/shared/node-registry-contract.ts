import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import {
  MAX_PENDING_COMMANDS,
  NODE_MEMORY_MS,
  NODE_TTL_MS,
  type NodeCommand,
  type NodeReport,
} from '../../../shared/node-registry/node-registry.ts'
import { placingContract } from './placing-contract.ts'
import { closeRoom, type NodeRegistryUnderTest, report } from './registry-under-test.ts'

const HALF_TTL_MS = NODE_TTL_MS / 2

/** What every adapter of the node registry keeps. */
export function nodeRegistryContract(adapter: string, start: () => Promise<NodeRegistryUnderTest>): void {
  describe(`the node registry on ${adapter}`, () => {
    let running: NodeRegistryUnderTest
    before(async () => {
      running = await start()
    })
    after(() => running.stop())

    const commandsFor = async (said: NodeReport) => (await running.registry.heartbeat(said)).commands
    const aliveIds = async () => (await running.registry.alive()).map(({ nodeId }) => nodeId)

    test('[N1] a node is found with its last report and a young age', async () => {
      const { openedRooms, ...said } = report(randomUUID(), { draining: true })
      await running.registry.heartbeat({ ...said, openedRooms, load: 0.9, draining: false })
      await running.registry.heartbeat({ ...said, openedRooms: ['standup'] })
      const found = await running.registry.find(said.nodeId)
      assert.ok(found)
      const { ageMs, ...rest } = found
      assert.deepEqual(rest, { ...said, reservations: 0, firmReservations: 0 })
      assert.ok(ageMs >= 0 && ageMs < NODE_TTL_MS)
    })

    test('[N2] the living are listed in the order of their ids', async () => {
      const ids = ['b', 'a', 'c'].map((letter) => `ordered-${letter}`)
      for (const nodeId of ids) await running.registry.heartbeat(report(nodeId))
      const listed = (await aliveIds()).filter((nodeId) => nodeId.startsWith('ordered-'))
      assert.deepEqual(listed, ['ordered-a', 'ordered-b', 'ordered-c'])
    })

    test('[N3] a node not heard for the time to live is gone, and is back with its next heartbeat', async () => {
      const said = report()
      await running.registry.heartbeat(said)
      await running.passTime(HALF_TTL_MS)
      assert.ok((await aliveIds()).includes(said.nodeId))
      await running.passTime(HALF_TTL_MS)
      assert.ok(!(await aliveIds()).includes(said.nodeId))
      await running.registry.heartbeat(said)
      assert.ok((await aliveIds()).includes(said.nodeId))
    })

    test('[N3] a node that is gone can be found for a while, with how long it has not been heard of', async () => {
      const said = report()
      await running.registry.heartbeat(said)
      await running.passTime(NODE_MEMORY_MS / 2)
      const found = await running.registry.find(said.nodeId)
      assert.equal(found?.url, said.url)
      assert.ok(found.ageMs >= NODE_MEMORY_MS / 2 && found.ageMs < NODE_MEMORY_MS)
      await running.passTime(NODE_MEMORY_MS / 2)
      assert.equal(await running.registry.find(said.nodeId), undefined)
      await running.registry.heartbeat(report())
      assert.equal(await running.registry.find(said.nodeId), undefined)
    })

    test('[N81] a node that says no more than that it is alive stays with its last report and its reservations', async () => {
      const { openedRooms, ...said } = report(randomUUID(), { region: 'n81' })
      await running.registry.heartbeat({ ...said, openedRooms })
      await running.registry.reserve({ roomId: 'waits', region: 'n81', limit: 1, firm: true })
      await running.passTime(HALF_TTL_MS)
      assert.equal(await running.registry.stillAlive(said.nodeId), true)
      await running.passTime(HALF_TTL_MS)
      const [kept] = (await running.registry.alive()).filter(({ nodeId }) => nodeId === said.nodeId)
      assert.ok(kept)
      const { ageMs, ...rest } = kept
      assert.deepEqual(rest, { ...said, reservations: 1, firmReservations: 1 })
      assert.ok(ageMs < NODE_TTL_MS)
    })

    test('[N82] a node that was taken for gone, left, or was never there stays gone until its heartbeat', async () => {
      const [gone, left] = [report(), report()]
      await running.registry.heartbeat(gone)
      await running.registry.heartbeat(left)
      await running.registry.leave(left.nodeId)
      await running.passTime(NODE_TTL_MS)
      for (const nodeId of [gone.nodeId, left.nodeId, randomUUID()]) {
        assert.equal(await running.registry.stillAlive(nodeId), false)
      }
      const living = await aliveIds()
      assert.ok(!living.includes(gone.nodeId) && !living.includes(left.nodeId))
      assert.equal((await running.registry.heartbeat(gone)).wasAlive, false)
    })

    test('[N4] a node that leaves is gone at once, with what waited for it', async () => {
      const said = report()
      await running.registry.heartbeat(said)
      await running.registry.send(said.nodeId, closeRoom('left'))
      await running.registry.leave(said.nodeId)
      assert.equal(await running.registry.find(said.nodeId), undefined)
      assert.ok(!(await aliveIds()).includes(said.nodeId))
      assert.deepEqual(await commandsFor(said), [])
    })

    test('[N4] a node that was never there may leave, and is not found', async () => {
      const nodeId = randomUUID()
      await running.registry.leave(nodeId)
      assert.equal(await running.registry.find(nodeId), undefined)
    })

    test('[N5] a heartbeat takes what waits for its node, each command once, oldest first', async () => {
      const [mine, other] = [report(), report()]
      const commands: NodeCommand[] = [
        closeRoom('first'),
        { type: 'room-moved', roomId: 'second', epoch: 7 },
        { type: 'drain', deadlineSeconds: 0 },
        { type: 'cancel-drain' },
      ]
      await running.registry.heartbeat(mine)
      for (const command of commands) await running.registry.send(mine.nodeId, command)
      assert.deepEqual(await commandsFor(other), [])
      assert.deepEqual(await commandsFor(mine), commands)
      assert.deepEqual(await commandsFor(mine), [])
      await running.registry.send(mine.nodeId, closeRoom('fourth'))
      assert.deepEqual(await commandsFor(mine), [closeRoom('fourth')])
    })

    test('[N5] a command sent before the first heartbeat is taken by it', async () => {
      const said = report()
      await running.registry.send(said.nodeId, closeRoom('early'))
      assert.deepEqual(await commandsFor(said), [closeRoom('early')])
    })

    test('[N6] of more commands than may wait the oldest are dropped and counted', async () => {
      const said = report()
      const before = running.overflowed()
      const sent = Array.from({ length: MAX_PENDING_COMMANDS + 2 }, (_, index) => closeRoom(`room-${index}`))
      for (const command of sent) await running.registry.send(said.nodeId, command)
      assert.deepEqual(await commandsFor(said), sent.slice(2))
      assert.equal(running.overflowed() - before, 2)
    })

    placingContract(() => running)

    test('[N7] it answers a ping, and closing it twice does no harm', async () => {
      await running.registry.ping()
      await running.registry.close()
      await running.registry.close()
      await assert.rejects(running.registry.ping(), { code: 'unavailable' })
    })
  })
}
