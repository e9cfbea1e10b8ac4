import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, afterEach, before, test } from 'node:test'
import { PING_INTERVAL_MS, UNANSWERED_PINGS } from '../../../media-node/signalling/keep-alive.ts'
import { JOIN_DEADLINE_MS } from '../../../media-node/signalling/session.ts'
import { TestNode } from './test-node.ts'

let node: TestNode
before(async () => {
  node = await TestNode.start({
    MAX_CONNECTIONS: '5',
    MAX_CONNECTIONS_PER_ADDRESS: '4',
    CONNECTIONS_PER_SECOND_PER_ADDRESS: '4',
  })
})
afterEach(() => node.empty())
after(() => node.close())

test('[M30] who does not receive within 10 s of connecting is closed with join_timeout', async () => {
  const slow = await node.connect()
  await slow.next('welcome')
  const { client } = await node.join()
  node.clock.advance(JOIN_DEADLINE_MS)
  assert.deepEqual(await slow.whenClosed(), { code: 4409, reason: 'join_timeout' })
  await client.request('ping', {})
})

test('[M31] who leaves two pings unanswered has lost the connection and may come back, and who answers stays', async () => {
  const { client: silent } = await node.join()
  const { client: alive } = await node.join()
  silent.socket.pause()
  for (let pings = 0; pings <= UNANSWERED_PINGS; pings++) {
    const pinged = once(alive.socket, 'ping')
    node.clock.advance(PING_INTERVAL_MS)
    await pinged
    await alive.request('ping', {})
  }
  const { participants, suspendedParticipants } = node.node.counts()
  assert.deepEqual([participants, suspendedParticipants], [2, 1])
  silent.socket.resume()
  assert.deepEqual(await silent.whenClosed(), { code: 4419, reason: 'connection_lost' })
})

test('[M32] more connections than one address may have are refused before they are connections, with 429', async () => {
  node.clock.advance(10_000)
  for (let joined = 0; joined < 4; joined++) await node.join()
  assert.deepEqual(await node.refusedUpgrade(await node.token()), { status: 429, retryAfter: '1' })
})

test('[M33] connections in quick succession are refused with 429 until the time has passed that it names', async () => {
  node.clock.advance(10_000)
  for (let joined = 0; joined < 8; joined++) {
    const { client } = await node.join()
    await client.request('leave', {})
    client.socket.terminate()
    await node.until(({ counts }) => assert.equal(counts['connections'], 0))
  }
  assert.deepEqual(await node.refusedUpgrade(await node.token()), { status: 429, retryAfter: '1' })
  node.clock.advance(1_000)
  await node.join()
})
