import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { ROOM_TTL_MS, type RoomStore } from '../../../shared/room-store/room-store.ts'

/** A store made for one run of the contract, with the clock it tells the time by. */
export type RoomStoreUnderTest = {
  readonly store: RoomStore
  /** Moves the store's clock. */
  passTime(ms: number): void
  stop(): Promise<void>
}

const SECOND_MS = 1_000

export const newRoom = (roomId: string = randomUUID()) => ({
  roomId,
  nodeId: 'node-1',
  maxParticipants: 50,
  emptyTimeoutSeconds: 60,
  metadata: { topic: 'tea & "cake"', empty: '' },
  createdAt: 1_767_225_600_000,
})

/** What every adapter of the room store keeps. */
export function roomStoreContract(adapter: string, start: () => Promise<RoomStoreUnderTest>): void {
  describe(`the room store on ${adapter}`, () => {
    let running: RoomStoreUnderTest
    before(async () => {
      running = await start()
    })
    after(() => running.stop())

    test('[S1] a created room is read back as it was given, at epoch 1', async () => {
      const room = { ...newRoom(), region: 'eu' }
      assert.deepEqual(await running.store.create(room), { won: true, room: { ...room, epoch: 1 } })
      assert.deepEqual(await running.store.read(room.roomId), { ...room, epoch: 1 })
    })

    test('[S1] what was not given is not there when it is read back', async () => {
      const room = newRoom()
      await running.store.create(room)
      assert.deepEqual(await running.store.read(room.roomId), { ...room, epoch: 1 })
    })

    test('[S2] of many concurrent creations one wins and all learn which', async () => {
      const roomId = randomUUID()
      const nodes = Array.from({ length: 10 }, (_, index) => `node-${index}`)
      const answers = await Promise.all(nodes.map((nodeId) => running.store.create({ ...newRoom(roomId), nodeId })))
      const winners = answers.filter(({ won }) => won)
      assert.equal(winners.length, 1)
      for (const { room } of answers) assert.deepEqual(room, winners[0]?.room)
    })

    test('[S3] a room that was never made cannot be read, removed or allocated', async () => {
      const roomId = randomUUID()
      assert.equal(await running.store.read(roomId), undefined)
      assert.equal(await running.store.remove(roomId), undefined)
      await assert.rejects(running.store.allocate(roomId, 1, 'node-2'), { code: 'room_not_found' })
    })

    test('[S4] an allocation moves the room and its epoch grows by one', async () => {
      const room = newRoom()
      await running.store.create(room)
      const moved = { ...room, nodeId: 'node-2', epoch: 2 }
      assert.deepEqual(await running.store.allocate(room.roomId, 1, 'node-2'), { won: true, room: moved })
      assert.deepEqual(await running.store.read(room.roomId), moved)
    })

    test('[S5] an allocation from an older epoch changes nothing and answers what is there', async () => {
      const room = newRoom()
      await running.store.create(room)
      await running.store.allocate(room.roomId, 1, 'node-2')
      const present = { ...room, nodeId: 'node-2', epoch: 2 }
      assert.deepEqual(await running.store.allocate(room.roomId, 1, 'node-3'), { won: false, room: present })
      assert.deepEqual(await running.store.read(room.roomId), present)
    })

    test('[S6] of two concurrent allocations one wins and both callers learn which', async () => {
      const room = newRoom()
      await running.store.create(room)
      const answers = await Promise.all(
        ['node-2', 'node-3'].map((nodeId) => running.store.allocate(room.roomId, 1, nodeId)),
      )
      assert.deepEqual(answers.map(({ won }) => won).sort(), [false, true])
      assert.deepEqual(answers[0]?.room, answers[1]?.room)
      assert.equal(answers[0]?.room.epoch, 2)
    })

    test('[S6] two callers who would move a room to the same node still learn which of them did', async () => {
      const room = newRoom()
      await running.store.create(room)
      const answers = await Promise.all([1, 2].map(() => running.store.allocate(room.roomId, 1, 'node-2')))
      assert.deepEqual(answers.map(({ won }) => won).sort(), [false, true])
    })

    test('[S7] a removed room is answered once, is gone, and its name is free again', async () => {
      const room = newRoom()
      await running.store.create(room)
      assert.deepEqual(await running.store.remove(room.roomId), { ...room, epoch: 1 })
      assert.equal(await running.store.remove(room.roomId), undefined)
      assert.equal(await running.store.read(room.roomId), undefined)
      assert.equal((await running.store.create(room)).won, true)
    })

    test('[S7] a room made under the name of a removed one goes on with its epochs, and takes over nothing else', async () => {
      const room = newRoom()
      await running.store.create({ ...room, region: 'eu' })
      await running.store.allocate(room.roomId, 1, 'node-2')
      await running.store.remove(room.roomId)
      assert.deepEqual(await running.store.create(room), { won: true, room: { ...room, epoch: 3 } })
      assert.deepEqual(await running.store.read(room.roomId), { ...room, epoch: 3 })
    })

    test('[S8] a room past its expiry cannot be read, and its name is free again', async () => {
      const room = newRoom()
      await running.store.create(room)
      running.passTime(ROOM_TTL_MS - SECOND_MS)
      assert.ok(await running.store.read(room.roomId))
      running.passTime(SECOND_MS)
      assert.equal(await running.store.read(room.roomId), undefined)
      assert.equal((await running.store.create({ ...room, nodeId: 'node-9' })).won, true)
    })

    test('[S8] a room past its expiry cannot be allocated or removed', async () => {
      const room = newRoom()
      await running.store.create(room)
      running.passTime(ROOM_TTL_MS)
      await assert.rejects(running.store.allocate(room.roomId, 1, 'node-2'), { code: 'room_not_found' })
      assert.equal(await running.store.remove(room.roomId), undefined)
    })

    test('[S9] a touched or allocated room lives its full time again', async () => {
      const [touched, allocated] = [newRoom(), newRoom()]
      await running.store.create(touched)
      await running.store.create(allocated)
      running.passTime(ROOM_TTL_MS - SECOND_MS)
      await running.store.touch(touched.roomId)
      await running.store.allocate(allocated.roomId, 1, 'node-2')
      running.passTime(ROOM_TTL_MS - SECOND_MS)
      assert.ok(await running.store.read(touched.roomId))
      assert.ok(await running.store.read(allocated.roomId))
    })

    test('[S9] touching a room that is gone does not bring it back', async () => {
      const expired = newRoom()
      await running.store.create(expired)
      running.passTime(ROOM_TTL_MS)
      await running.store.touch(expired.roomId)
      assert.equal(await running.store.read(expired.roomId), undefined)
      const never = randomUUID()
      await running.store.touch(never)
      assert.equal(await running.store.read(never), undefined)
    })

    test('[S10] it answers a ping', async () => {
      await running.store.ping()
    })
  })
}
