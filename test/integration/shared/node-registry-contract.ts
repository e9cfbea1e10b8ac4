import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import {
  type FleetRegistry,
  MAX_PENDING_COMMANDS,
  NODE_MEMORY_MS,
  NODE_TTL_MS,
  type NodeCommand,
  type NodeReport,
  RESERVATION_TTL_MS,
  RESERVED_LOAD,
} from '../../../shared/node-registry/node-registry.ts'

/** A registry made for one run of the contract. */
export type NodeRegistryUnderTest = {
  readonly registry: FleetRegistry
  /** Makes every heartbeat and every reservation so far this much older. */
  passTime(ms: number): Promise<void>
  /** How many commands had to make room for newer ones. */
  overflowed(): number
  stop(): Promise<void>
}

const HALF_TTL_MS = NODE_TTL_MS / 2

export const report = (nodeId: string = randomUUID(), other: Partial<NodeReport> = {}): NodeReport => ({
  nodeId,
  url: `wss://${nodeId}.example/`,
  region: 'eu',
  version: '0.1.0',
  load: 0.25,
  rooms: 3,
  participants: 7,
  draining: false,
  openedRooms: [],
  ...other,
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

    const commandsFor = async (said: NodeReport) => (await running.registry.heartbeat(said)).commands
    const aliveIds = async () => (await running.registry.alive()).map(({ nodeId }) => nodeId)

    test('[N1] a node is found with its last report and a young age', async () => {
      const { openedRooms, ...said } = report(randomUUID(), { draining: true })
      await running.registry.heartbeat({ ...said, openedRooms, load: 0.9, draining: false })
      await running.registry.heartbeat({ ...said, openedRooms: ['standup'] })
      const found = await running.registry.find(said.nodeId)
      assert.ok(found)
      const { ageMs, ...rest } = found
      assert.deepEqual(rest, { ...said, reservations: 0 })
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

    describe('placing rooms', () => {
      beforeEach(async () => {
        for (const nodeId of await aliveIds()) await running.registry.leave(nodeId)
      })

      const reserve = async (options: { region?: string; limit?: number; roomId?: string } = {}) => {
        const { node, reason } = await running.registry.reserve({ roomId: randomUUID(), limit: 0.8, ...options })
        return [node?.nodeId, reason]
      }

      test('[N13] a room goes to the least effective load, where each room reserved before counts', async () => {
        await running.registry.heartbeat(report('a', { load: 0.3 }))
        await running.registry.heartbeat(report('b', { load: 0.3 + 1.5 * RESERVED_LOAD }))
        const chosen = [await reserve(), await reserve(), await reserve(), await reserve()].map(([nodeId]) => nodeId)
        assert.deepEqual(chosen, ['a', 'a', 'b', 'a'])
        assert.equal((await running.registry.find('a'))?.reservations, 3)
      })

      test('[N13] a burst between two heartbeats spreads over equal nodes within one room', async () => {
        const nodes = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
        for (const nodeId of nodes) await running.registry.heartbeat(report(nodeId, { load: 0.1 }))
        await Promise.all(Array.from({ length: 100 }, () => reserve()))
        const spread = (await running.registry.alive()).map(({ reservations }) => reservations)
        assert.deepEqual(spread.toSorted(), [14, 14, 14, 14, 14, 15, 15])
      })

      test('[N13] the answer is the node as it is, with this reservation', async () => {
        const { openedRooms, ...said } = report('a')
        await running.registry.heartbeat({ ...said, openedRooms })
        const { node } = await running.registry.reserve({ roomId: 'standup', limit: 1 })
        assert.ok(node)
        const { ageMs, ...rest } = node
        assert.deepEqual(rest, { ...said, reservations: 1 })
        assert.ok(ageMs >= 0 && ageMs < NODE_TTL_MS)
      })

      test('[N13] a room reserved on a node twice counts there once', async () => {
        await running.registry.heartbeat(report('a'))
        await reserve({ roomId: 'standup' })
        await reserve({ roomId: 'standup' })
        assert.equal((await running.registry.find('a'))?.reservations, 1)
      })

      test('[N14] the asked region comes first, until nobody there is under the limit', async () => {
        await running.registry.heartbeat(report('near', { load: 0.79 }))
        await running.registry.heartbeat(report('far', { load: 0.1, region: 'us' }))
        assert.deepEqual(await reserve({ region: 'eu' }), ['near', 'in_region'])
        assert.deepEqual(await reserve({ region: 'eu' }), ['far', 'outside_region'])
        assert.deepEqual(await reserve({ region: 'mars' }), ['far', 'outside_region'])
        assert.deepEqual(await reserve(), ['far', 'no_region_asked'])
      })

      test('[N14] a node that comes back in another region is in that one only', async () => {
        await running.registry.heartbeat(report('moved', { region: 'eu' }))
        await running.registry.heartbeat(report('moved', { region: 'us' }))
        assert.deepEqual(await reserve({ region: 'eu' }), ['moved', 'outside_region'])
        assert.deepEqual(await reserve({ region: 'us' }), ['moved', 'in_region'])
      })

      test('[N15] a draining, full or silent node takes no room, and the refusal says which it is', async () => {
        assert.deepEqual(await reserve(), [undefined, 'no_media_node'])
        await running.registry.heartbeat(report('a'))
        await running.passTime(NODE_TTL_MS)
        assert.deepEqual(await reserve({ region: 'eu' }), [undefined, 'no_media_node'])
        await running.registry.heartbeat(report('a', { draining: true }))
        assert.deepEqual(await reserve({ region: 'eu' }), [undefined, 'all_draining'])
        await running.registry.heartbeat(report('a', { load: 0.5 }))
        assert.deepEqual(await reserve({ region: 'eu', limit: 0.5 }), [undefined, 'all_full'])
        assert.deepEqual(await reserve({ region: 'eu', limit: 0.51 }), ['a', 'in_region'])
        assert.deepEqual(await reserve({ region: 'eu', limit: 0.51 }), [undefined, 'all_full'])
      })

      test('[N16] a heartbeat turns the reservations of the rooms that opened into load, and leaves the others', async () => {
        await running.registry.heartbeat(report('a'))
        for (const roomId of ['first', 'second', 'third']) await reserve({ roomId })
        await running.registry.heartbeat(report('a', { openedRooms: ['first', 'third', 'never reserved'] }))
        assert.equal((await running.registry.find('a'))?.reservations, 1)
        await running.registry.heartbeat(report('b', { load: 0.25 + RESERVED_LOAD / 2 }))
        assert.deepEqual(await reserve(), ['b', 'no_region_asked'])
      })

      test('[N17] a reservation that is not used runs out, and is counted', async () => {
        const before = await running.registry.expiredReservations()
        await running.registry.heartbeat(report('a'))
        await reserve()
        await running.passTime(RESERVATION_TTL_MS / 2)
        await running.registry.heartbeat(report('a'))
        assert.deepEqual(await reserve(), ['a', 'no_region_asked'])
        assert.equal((await running.registry.find('a'))?.reservations, 2)
        await running.passTime(RESERVATION_TTL_MS / 2)
        await running.registry.heartbeat(report('a'))
        assert.equal((await running.registry.find('a'))?.reservations, 1)
        assert.equal((await running.registry.expiredReservations()) - before, 1)
      })

      test('[N18] a reservation given back counts no more, and is not one that ran out', async () => {
        const before = await running.registry.expiredReservations()
        await running.registry.heartbeat(report('a'))
        await running.registry.heartbeat(report('b', { load: 0.25 + RESERVED_LOAD / 2 }))
        await reserve({ roomId: 'standup' })
        await running.registry.release('a', 'standup')
        await running.registry.release('a', 'standup')
        await running.registry.release('nobody', 'standup')
        assert.deepEqual(await reserve(), ['a', 'no_region_asked'])
        assert.equal(await running.registry.expiredReservations(), before)
      })

      test('[N19] a heartbeat says whether the node was taken for alive just before', async () => {
        const wasAlive = async () => (await running.registry.heartbeat(report('a'))).wasAlive
        assert.deepEqual([await wasAlive(), await wasAlive()], [false, true])
        await running.passTime(NODE_TTL_MS)
        assert.deepEqual([await wasAlive(), await wasAlive()], [false, true])
        await running.registry.leave('a')
        assert.deepEqual([await wasAlive(), await wasAlive()], [false, true])
        await running.registry.suspect('a', 0)
        assert.deepEqual([await wasAlive(), await wasAlive()], [false, true])
      })

      test('[N20] a node found dead is forgotten with its reservations, unless it has been heard of since', async () => {
        await running.registry.heartbeat(report('a'))
        await running.passTime(100)
        assert.equal(await running.registry.suspect('a', NODE_TTL_MS), false)
        assert.deepEqual(await reserve(), ['a', 'no_region_asked'])
        await running.registry.send('a', closeRoom('waits'))
        assert.equal(await running.registry.suspect('a', 50), true)
        assert.deepEqual(await reserve(), [undefined, 'no_media_node'])
        assert.equal(await running.registry.find('a'), undefined)
        assert.equal(await running.registry.suspect('a', 50), false)
        assert.deepEqual(await commandsFor(report('a')), [closeRoom('waits')])
        assert.equal((await running.registry.find('a'))?.reservations, 0)
      })

      test('[N21] a load that is none of 0 to 1 is taken for the nearest that is', async () => {
        await running.registry.heartbeat(report('a', { load: 7 }))
        await running.registry.heartbeat(report('b', { load: -7 }))
        assert.deepEqual(
          (await running.registry.alive()).map(({ load }) => load),
          [1, 0],
        )
        assert.deepEqual(await reserve({ limit: 0.01 }), ['b', 'no_region_asked'])
        assert.deepEqual(await reserve({ limit: 0.01 }), [undefined, 'all_full'])
      })
    })

    test('[N7] it answers a ping, and closing it twice does no harm', async () => {
      await running.registry.ping()
      await running.registry.close()
      await running.registry.close()
      await assert.rejects(running.registry.ping(), { code: 'unavailable' })
    })
  })
}
