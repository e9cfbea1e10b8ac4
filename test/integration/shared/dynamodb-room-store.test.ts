import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { after, before, describe, type TestContext, test } from 'node:test'
import { startDynamoDb } from '../../../dev/embedded-dynamodb.ts'
import { systemClock } from '../../../shared/clock.ts'
import type { TableLocation } from '../../../shared/dynamodb/dynamodb-connection.ts'
import { createRoomsTable } from '../../../shared/room-store/create-rooms-table.ts'
import { dynamoDbRoomStore } from '../../../shared/room-store/dynamodb-room-store.ts'
import type { RoomStore } from '../../../shared/room-store/room-store.ts'
import { holdThisThread } from '../../hold-this-thread.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { deleteTable, namedTable } from './named-dynamodb.ts'
import { newRoom, type RoomStoreUnderTest, roomStoreContract } from './room-store-contract.ts'

/** Longer than any call to a store or to the registry may take. */
const HOLD_MS = 2_500

const newTable = () => `rooms-${randomUUID()}`

const at = (endpoint: string) => ({
  endpoint,
  region: 'local',
  table: newTable(),
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
})

/** A store that is closed when the test ends. */
function openStore(t: TestContext, location: TableLocation): RoomStore {
  const store = dynamoDbRoomStore({ ...location, clock: systemClock })
  t.after(() => store.close())
  return store
}

async function underTest(location: TableLocation, stopServer: () => Promise<void>): Promise<RoomStoreUnderTest> {
  await createRoomsTable(location)
  const clock = new SettableClock()
  const store = dynamoDbRoomStore({ ...location, clock })
  return {
    store,
    passTime: (ms) => clock.advance(ms),
    async stop() {
      store.close()
      await stopServer()
    },
  }
}

roomStoreContract('an embedded DynamoDB', async () => {
  const { endpoint, stop } = await startDynamoDb()
  return underTest(at(endpoint), stop)
})

const { DYNAMODB_ENDPOINT } = process.env
if (DYNAMODB_ENDPOINT) {
  roomStoreContract('the server of DYNAMODB_ENDPOINT', () => {
    const location = namedTable(newTable())
    return underTest(location, () => deleteTable(location))
  })
}

describe('the room store on a DynamoDB that misbehaves', () => {
  let dynamo: Awaited<ReturnType<typeof startDynamoDb>>
  before(async () => {
    dynamo = await startDynamoDb()
  })
  after(() => dynamo.stop())

  test('[S11] a write whose answer was lost is known again as ours', async (t) => {
    const location = at(dynamo.endpoint)
    await createRoomsTable(location)
    const proxy = await startForgetfulProxy(dynamo.endpoint)
    t.after(() => proxy.stop())
    const store = openStore(t, { ...location, endpoint: proxy.endpoint })
    const room = newRoom()
    proxy.loseNextAnswer()
    assert.deepEqual(await store.create(room), { won: true, room: { ...room, epoch: 1 } })
    proxy.loseNextAnswer()
    assert.equal((await store.allocate(room.roomId, 1, 'node-2')).won, true)
    assert.equal(proxy.lost(), 2)
  })

  test('[S12] a server that refuses or never answers is unavailable', async (t) => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const endpoint = endpointOf(silent)
    const silentStore = openStore(t, at(endpoint))
    await assert.rejects(silentStore.read('room'), { code: 'unavailable' })
    silent.closeAllConnections()
    silent.close()
    await once(silent, 'close')
    const refused = openStore(t, at(endpoint))
    await assert.rejects(refused.create(newRoom()), { code: 'unavailable' })
  })

  test('[N80] an answer that came while this process did not run is taken', async (t) => {
    const location = at(dynamo.endpoint)
    await createRoomsTable(location)
    const store = openStore(t, location)
    const answer = store.read('room')
    holdThisThread(HOLD_MS)
    assert.equal(await answer, undefined)
  })

  test('[S12] a missing table is unavailable, and a ping says so', async (t) => {
    const store = openStore(t, at(dynamo.endpoint))
    await assert.rejects(store.ping(), { code: 'unavailable' })
  })

  test('[S13] the table may be made by several at once, and again', async (t) => {
    const location = at(dynamo.endpoint)
    await Promise.all([createRoomsTable(location), createRoomsTable(location)])
    await createRoomsTable(location)
    const store = openStore(t, location)
    await store.ping()
  })
})

function endpointOf(server: ReturnType<typeof createServer>): string {
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  return `http://127.0.0.1:${address.port}`
}

/** Passes requests on, and can lose the answer to one that was carried out. */
async function startForgetfulProxy(target: string) {
  let losing = false
  let lost = 0
  const server = createServer((incoming, answer) => {
    const { method, headers, url = '/' } = incoming
    const onward = request(new URL(url, target), { method, headers }, (received) => {
      if (losing) {
        losing = false
        lost += 1
        received.resume()
        received.on('end', () => incoming.socket.destroy())
        return
      }
      answer.writeHead(received.statusCode ?? 502, received.headers)
      received.pipe(answer)
    })
    incoming.pipe(onward)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: endpointOf(server),
    loseNextAnswer() {
      losing = true
    },
    lost: () => lost,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
