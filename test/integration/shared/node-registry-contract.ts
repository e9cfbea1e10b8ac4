import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import {
  MAX_PENDING_COMMANDS,
  NODE_TTL_MS,
  type NodeCommand,
  type NodeRegistry,
} from '../../../shared/node-registry/node-registry.ts'

/** A registry made for one run of the contract. */
export type NodeRegistryUnderTest = {
  readonly registry: NodeRegistry
  /** Makes every heartbeat so far this much older. */
  passTime(ms: number): Promise<void>
  /** How many commands had to make room for newer ones. */
  overflowed(): number
  stop(): Promise<void>
}

const HALF_TTL_MS = NODE_TTL_MS / 2

export const report = (nodeId: string = randomUUID()) => ({
  nodeId,
  url: `wss://${nodeId}.example/`,
  region: 'eu',
  version: '0.1.0',
  load: 0.25,
  rooms: 3,
  participants: 7,
  draining: false,
})

const closeRoom = (roomId: string): NodeCommand => ({ type: 'close-room', roomId, epoch: 1 })

/** What every adapter of the node registry keeps. */
export function nodeRegistryContract(adapter: string, start: () => Promise<NodeRegistryUnderTest>): void {
  describe(`the node registry on ${adapter}`, () => {
    let running: NodeRegistryUnderTest
    before(async () => {
      running = await start()
    })
    after(() => running.stop())

    const aliveIds = async () => (await running.registry.alive()).map(({ nodeId }) => nodeId)

    test('[N1] a node is found with its last report and a young age', async () => {
      const said = { ...report(), draining: true }
      await running.registry.heartbeat({ ...said, load: 0.9, draining: false })
      await running.registry.heartbeat(said)
      const found = await running.registry.find(said.nodeId)
      assert.ok(found)
      const { ageMs, ...rest } = found
      assert.deepEqual(rest, said)
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
      assert.ok(await running.registry.find(said.nodeId))
      await running.passTime(HALF_TTL_MS)
      assert.ok(!(await aliveIds()).includes(said.nodeId))
      assert.equal(await running.registry.find(said.nodeId), undefined)
      await running.registry.heartbeat(said)
      assert.ok(await running.registry.find(said.nodeId))
    })

    test('[N4] a node that leaves is gone at once, with what waited for it', async () => {
      const said = report()
      await running.registry.heartbeat(said)
      await running.registry.send(said.nodeId, closeRoom('left'))
      await running.registry.leave(said.nodeId)
      assert.equal(await running.registry.find(said.nodeId), undefined)
      assert.ok(!(await aliveIds()).includes(said.nodeId))
      assert.deepEqual(await running.registry.heartbeat(said), [])
    })

    test('[N4] a node that was never there may leave, and is not found', async () => {
      const nodeId = randomUUID()
      await running.registry.leave(nodeId)
      assert.equal(await running.registry.find(nodeId), undefined)
    })

    test('[N5] a heartbeat takes what waits for its node, each command once, oldest first', async () => {
      const [mine, other] = [report(), report()]
      const commands = ['first', 'second', 'third'].map(closeRoom)
      await running.registry.heartbeat(mine)
      for (const command of commands) await running.registry.send(mine.nodeId, command)
      assert.deepEqual(await running.registry.heartbeat(other), [])
      assert.deepEqual(await running.registry.heartbeat(mine), commands)
      assert.deepEqual(await running.registry.heartbeat(mine), [])
      await running.registry.send(mine.nodeId, closeRoom('fourth'))
      assert.deepEqual(await running.registry.heartbeat(mine), [closeRoom('fourth')])
    })

    test('[N5] a command sent before the first heartbeat is taken by it', async () => {
      const said = report()
      await running.registry.send(said.nodeId, closeRoom('early'))
      assert.deepEqual(await running.registry.heartbeat(said), [closeRoom('early')])
    })

    test('[N6] of more commands than may wait the oldest are dropped and counted', async () => {
      const said = report()
      const before = running.overflowed()
      const sent = Array.from({ length: MAX_PENDING_COMMANDS + 2 }, (_, index) => closeRoom(`room-${index}`))
      for (const command of sent) await running.registry.send(said.nodeId, command)
      assert.deepEqual(await running.registry.heartbeat(said), sent.slice(2))
      assert.equal(running.overflowed() - before, 2)
    })

    test('[N7] it answers a ping, and closing it twice does no harm', async () => {
      await running.registry.ping()
      await running.registry.close()
      await running.registry.close()
      await assert.rejects(running.registry.ping(), { code: 'unavailable' })
    })
  })
}
