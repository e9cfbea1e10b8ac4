import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { beforeEach, describe, test } from 'node:test'
import { NODE_TTL_MS, RESERVATION_TTL_MS, RESERVED_LOAD } from '../../../shared/node-registry/node-registry.ts'
import { closeRoom, type NodeRegistryUnderTest, report } from './registry-under-test.ts'

/** What every adapter of the node registry keeps for those who place rooms; the suite around it starts and stops it. */
export function placingContract(running: () => NodeRegistryUnderTest): void {
  describe('placing rooms', () => {
    beforeEach(async () => {
      for (const { nodeId } of await running().registry.alive()) await running().registry.leave(nodeId)
    })

    const reserve = async (options: { region?: string; limit?: number; roomId?: string; firm?: boolean } = {}) => {
      const { node, reason } = await running().registry.reserve({
        roomId: randomUUID(),
        limit: 0.8,
        firm: true,
        ...options,
      })
      return [node?.nodeId, reason]
    }

    test('[N13] a room goes to the least effective load, where each room reserved before counts', async () => {
      await running().registry.heartbeat(report('a', { load: 0.3 }))
      await running().registry.heartbeat(report('b', { load: 0.3 + 1.5 * RESERVED_LOAD }))
      const chosen = [await reserve(), await reserve(), await reserve(), await reserve()].map(([nodeId]) => nodeId)
      assert.deepEqual(chosen, ['a', 'a', 'b', 'a'])
      assert.equal((await running().registry.find('a'))?.reservations, 3)
    })

    test('[N13] a burst between two heartbeats spreads over equal nodes within one room', async () => {
      const nodes = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
      for (const nodeId of nodes) await running().registry.heartbeat(report(nodeId, { load: 0.1 }))
      await Promise.all(Array.from({ length: 100 }, () => reserve()))
      const spread = (await running().registry.alive()).map(({ reservations }) => reservations)
      assert.deepEqual(spread.toSorted(), [14, 14, 14, 14, 14, 15, 15])
    })

    test('[N13] the answer is the node as it is, with this reservation', async () => {
      const { openedRooms, ...said } = report('a')
      await running().registry.heartbeat({ ...said, openedRooms })
      const { node } = await running().registry.reserve({ roomId: 'standup', limit: 1, firm: true })
      assert.ok(node)
      const { ageMs, ...rest } = node
      assert.deepEqual(rest, { ...said, reservations: 1, firmReservations: 1 })
      assert.ok(ageMs >= 0 && ageMs < NODE_TTL_MS)
    })

    test('[N13] a room reserved on a node twice counts there once', async () => {
      await running().registry.heartbeat(report('a'))
      await reserve({ roomId: 'standup' })
      await reserve({ roomId: 'standup' })
      assert.equal((await running().registry.find('a'))?.reservations, 1)
    })

    test('[N14] the asked region comes first, until nobody there is under the limit', async () => {
      await running().registry.heartbeat(report('near', { load: 0.79 }))
      await running().registry.heartbeat(report('far', { load: 0.1, region: 'us' }))
      assert.deepEqual(await reserve({ region: 'eu' }), ['near', 'in_region'])
      assert.deepEqual(await reserve({ region: 'eu' }), ['far', 'outside_region'])
      assert.deepEqual(await reserve({ region: 'mars' }), ['far', 'outside_region'])
      assert.deepEqual(await reserve(), ['far', 'no_region_asked'])
    })

    test('[N14] a node that comes back in another region is in that one only', async () => {
      await running().registry.heartbeat(report('moved', { region: 'eu' }))
      await running().registry.heartbeat(report('moved', { region: 'us' }))
      assert.deepEqual(await reserve({ region: 'eu' }), ['moved', 'outside_region'])
      assert.deepEqual(await reserve({ region: 'us' }), ['moved', 'in_region'])
    })

    test('[N15] a draining, full or silent node takes no room, and the refusal says which it is', async () => {
      assert.deepEqual(await reserve(), [undefined, 'no_media_node'])
      await running().registry.heartbeat(report('a'))
      await running().passTime(NODE_TTL_MS)
      assert.deepEqual(await reserve({ region: 'eu' }), [undefined, 'no_media_node'])
      await running().registry.heartbeat(report('a', { draining: true }))
      assert.deepEqual(await reserve({ region: 'eu' }), [undefined, 'all_draining'])
      await running().registry.heartbeat(report('a', { load: 0.5 }))
      assert.deepEqual(await reserve({ region: 'eu', limit: 0.5 }), [undefined, 'all_full'])
      assert.deepEqual(await reserve({ region: 'eu', limit: 0.51 }), ['a', 'in_region'])
      assert.deepEqual(await reserve({ region: 'eu', limit: 0.51 }), [undefined, 'all_full'])
    })

    test('[N16] a heartbeat turns the reservations of the rooms that opened into load, and leaves the others', async () => {
      await running().registry.heartbeat(report('a'))
      for (const roomId of ['first', 'second', 'third']) await reserve({ roomId })
      await running().registry.heartbeat(report('a', { openedRooms: ['first', 'third', 'never reserved'] }))
      assert.equal((await running().registry.find('a'))?.reservations, 1)
      await running().registry.heartbeat(report('b', { load: 0.25 + RESERVED_LOAD / 2 }))
      assert.deepEqual(await reserve(), ['b', 'no_region_asked'])
    })

    test('[N17] a reservation that is not used runs out, and is counted', async () => {
      const before = await running().registry.expiredReservations()
      await running().registry.heartbeat(report('a'))
      await reserve()
      await running().passTime(RESERVATION_TTL_MS / 2)
      await running().registry.heartbeat(report('a'))
      assert.deepEqual(await reserve(), ['a', 'no_region_asked'])
      assert.equal((await running().registry.find('a'))?.reservations, 2)
      await running().passTime(RESERVATION_TTL_MS / 2)
      await running().registry.heartbeat(report('a'))
      assert.equal((await running().registry.find('a'))?.reservations, 1)
      assert.equal((await running().registry.expiredReservations()) - before, 1)
    })

    test('[N18] a reservation given back counts no more, and is not one that ran out', async () => {
      const before = await running().registry.expiredReservations()
      await running().registry.heartbeat(report('a'))
      await running().registry.heartbeat(report('b', { load: 0.25 + RESERVED_LOAD / 2 }))
      await reserve({ roomId: 'standup' })
      await running().registry.release('a', 'standup')
      await running().registry.release('a', 'standup')
      await running().registry.release('nobody', 'standup')
      assert.deepEqual(await reserve(), ['a', 'no_region_asked'])
      assert.equal(await running().registry.expiredReservations(), before)
    })

    test('[N19] a heartbeat says whether the node was taken for alive just before', async () => {
      const wasAlive = async () => (await running().registry.heartbeat(report('a'))).wasAlive
      assert.deepEqual([await wasAlive(), await wasAlive()], [false, true])
      await running().passTime(NODE_TTL_MS)
      assert.deepEqual([await wasAlive(), await wasAlive()], [false, true])
      await running().registry.leave('a')
      assert.deepEqual([await wasAlive(), await wasAlive()], [false, true])
      await running().registry.suspect('a', 0)
      assert.deepEqual([await wasAlive(), await wasAlive()], [false, true])
    })

    test('[N20] a node found dead is forgotten with its reservations, unless it has been heard of since', async () => {
      await running().registry.heartbeat(report('a'))
      await running().passTime(100)
      assert.equal(await running().registry.suspect('a', NODE_TTL_MS), false)
      assert.deepEqual(await reserve(), ['a', 'no_region_asked'])
      await running().registry.send('a', closeRoom('waits'))
      assert.equal(await running().registry.suspect('a', 50), true)
      assert.deepEqual(await reserve(), [undefined, 'no_media_node'])
      assert.equal(await running().registry.find('a'), undefined)
      assert.equal(await running().registry.suspect('a', 50), false)
      assert.deepEqual((await running().registry.heartbeat(report('a'))).commands, [closeRoom('waits')])
      assert.equal((await running().registry.find('a'))?.reservations, 0)
    })

    test('[N21] a load that is none of 0 to 1 is taken for the nearest that is', async () => {
      await running().registry.heartbeat(report('a', { load: 7 }))
      await running().registry.heartbeat(report('b', { load: -7 }))
      assert.deepEqual(
        (await running().registry.alive()).map(({ load }) => load),
        [1, 0],
      )
      assert.deepEqual(await reserve({ limit: 0.01 }), ['b', 'no_region_asked'])
      assert.deepEqual(await reserve({ limit: 0.01 }), [undefined, 'all_full'])
    })

    test('[N60] rooms that are not firm spread a burst and fill nobody', async () => {
      for (const nodeId of ['a', 'b', 'c']) await running().registry.heartbeat(report(nodeId, { load: 0.1 }))
      await Promise.all(Array.from({ length: 300 }, () => reserve({ firm: false })))
      const nodes = await running().registry.alive()
      assert.deepEqual(
        nodes.map(({ reservations, firmReservations }) => [reservations, firmReservations]),
        [
          [100, 0],
          [100, 0],
          [100, 0],
        ],
      )
      assert.deepEqual(await reserve({ limit: 0.11 }), ['a', 'no_region_asked'])
    })

    test('[N60] a node that others outrank only by rooms that are not firm takes the room when they are full', async () => {
      await running().registry.heartbeat(report('busy', { load: 0.7 }))
      await running().registry.heartbeat(report('idle', { load: 0.1 }))
      for (let rooms = 0; rooms < 40; rooms += 1) await reserve({ firm: false, limit: 0.65 })
      assert.deepEqual(await reserve({ region: 'eu' }), ['busy', 'in_region'])
      assert.deepEqual(await reserve({ region: 'eu', limit: 0.7 }), ['idle', 'in_region'])
      assert.deepEqual(await reserve({ limit: 0.7 }), ['idle', 'no_region_asked'])
      assert.equal((await running().registry.find('idle'))?.firmReservations, 2)
    })

    test('[N61] a firm room stops counting as load when it opens, runs out or is given back', async () => {
      await running().registry.heartbeat(report('a'))
      const firm = async () => (await running().registry.find('a'))?.firmReservations
      for (const roomId of ['opens', 'given back', 'runs out']) await reserve({ roomId })
      await running().registry.heartbeat(report('a', { openedRooms: ['opens'] }))
      assert.equal(await firm(), 2)
      await running().registry.release('a', 'given back')
      assert.equal(await firm(), 1)
      await running().passTime(RESERVATION_TTL_MS)
      await running().registry.heartbeat(report('a'))
      assert.equal(await firm(), 0)
    })
  })
}
