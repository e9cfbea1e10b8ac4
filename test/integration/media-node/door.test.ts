import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { WebSocket } from 'ws'
import { MAX_MESSAGE_BYTES } from '../../../shared/protocol/messages.ts'
import { signJoinToken } from '../../../shared/token.ts'
import { type Joined, NODE_ID, produceBoth, signingKeys, TestNode } from './test-node.ts'
import { within } from './until.ts'

let node: TestNode
let witnesses: readonly Joined[]

before(async () => {
  node = await TestNode.start()
})

/** Two people in a call, who are to notice nothing. */
beforeEach(async () => {
  const [one, two] = [await node.join(), await node.join()]
  await produceBoth(one, 10)
  for (const _ of [1, 2]) await two.client.next('consumer-created')
  await one.client.next('participant-joined')
  witnesses = [one, two]
})

afterEach(async () => {
  for (const { client } of witnesses) {
    await client.request('ping', {})
    const noticed = client.inbox.filter(({ event }) => event !== 'participant-joined' && event !== 'participant-left')
    assert.deepEqual(noticed, [])
  }
  await node.empty()
})
after(() => node.close())

const raw = async (text: string | Buffer) => {
  const { client } = await node.join()
  client.socket.send(text)
  return await client.whenClosed()
}

test('[M20] what is not a request closes the connection with bad_request', async () => {
  const malformed = ['{', '', 'null', '[]', '1', '{"id":1}', '{"id":"1","method":"ping"}', '{"id":-1,"method":"ping"}']
  for (const text of [...malformed, '{"method":"ping"}', '{"id":1,"method":7}', Buffer.from([1, 2, 3])]) {
    assert.deepEqual(await raw(text), { code: 4400, reason: 'bad_request' }, String(text))
  }
})

test('[M21] an unknown method and wrong data are answered with their code, and the connection goes on', async () => {
  const { client } = await node.join()
  const answers: [object, string][] = [
    [{ method: 'fly' }, 'unknown_method'],
    [{ method: 'constructor' }, 'unknown_method'],
    [{ method: '__proto__', data: {} }, 'unknown_method'],
    [{ method: 'produce' }, 'bad_request'],
    [
      { method: 'produce', data: { kind: 'audio', source: 'microphone', rtpParameters: { codecs: [] } } },
      'bad_request',
    ],
    [{ method: 'set-captions', data: { enabled: 'yes' } }, 'bad_request'],
    [{ method: 'receive', data: [] }, 'bad_request'],
    [{ method: 'close-producer', data: { producerId: 'x'.repeat(65) } }, 'bad_request'],
  ]
  for (const [message, code] of answers) {
    const answer = JSON.stringify(await client.send(message))
    assert.match(answer, new RegExp(`"error":\\{"code":"${code}"`), JSON.stringify(message))
  }
  await client.request('ping', {})
})

test('[M22] a message over 64 KiB closes the connection, and one far over is not even read', async () => {
  const ofSize = (bytes: number) => `{"id":1,"method":"ping","data":"${'x'.repeat(bytes)}"}`
  assert.deepEqual(await raw(ofSize(MAX_MESSAGE_BYTES)), { code: 4413, reason: 'payload_too_large' })
  assert.equal((await raw(ofSize(2 * MAX_MESSAGE_BYTES))).code, 1009)
})

test('[M23] more messages than anybody sends close the connection with rate_limited', async () => {
  const { client } = await node.join()
  for (let id = 0; id < 200; id++) client.socket.send(JSON.stringify({ id, method: 'ping' }))
  assert.deepEqual(await client.whenClosed(), { code: 4429, reason: 'rate_limited' })
})

test('[M24] a token that is missing, expired, altered, forged, foreign or used is told apart', async () => {
  const token = await node.token()
  const [head, claims = '', signature] = token.split('.')
  const altered = `${head}.${claims.slice(0, -2)}AA.${signature}`
  const { key } = await signingKeys()
  const grant = { tokenId: 'x', nodeId: NODE_ID, roomId: 'room', epoch: 1, participantId: 'x', displayName: 'x' }
  const rest = { language: 'en', maxParticipants: 9, emptyTimeoutSeconds: 0, expiresAt: node.clock.now() + 60_000 }
  assert.equal(await node.refusal(undefined), 'unauthorized')
  assert.equal(await node.refusal(altered), 'token_invalid')
  assert.equal(await node.refusal('nonsense'), 'token_invalid')
  assert.equal(await node.refusal(await signJoinToken(key, { ...grant, ...rest })), 'token_invalid')
  assert.equal(await node.refusal(await node.token({ expiresAt: node.clock.now() - 6_000 })), 'token_expired')
  assert.equal(await node.refusal(await node.token({ nodeId: 'another-node' })), 'wrong_node')
  const used = await node.token()
  const client = node.open(used)
  await client.next('welcome')
  assert.equal(await node.refusal(used), 'token_replayed')
  await client.request('ping', {})
})

test('[M25] a token for an older epoch of the room is refused', async () => {
  await node.join({ roomId: 'elsewhere', epoch: 7 })
  assert.equal(await node.refusal(await node.token({ roomId: 'elsewhere', epoch: 6 })), 'stale_allocation')
})

const statusOf = async (url: string, protocols: string[], origin?: string) => {
  const socket = new WebSocket(url, protocols, origin === undefined ? {} : { origin })
  socket.on('error', () => undefined)
  const [, response] = await within('the upgrade to be refused', once(socket, 'unexpected-response'))
  socket.terminate()
  return response.statusCode
}

test('[M26] a page of another origin, another path and another protocol are refused before a token is read', async () => {
  const token = await node.token()
  const protocols = ['jbcalling.v1', `bearer.${token}`]
  assert.equal(await statusOf(node.url, protocols, 'https://elsewhere.example'), 403)
  assert.equal(await statusOf(node.url.replace('/v1/signalling', '/v2'), protocols), 404)
  assert.equal(await statusOf(node.url, ['other', `bearer.${token}`]), 400)
  const client = node.open(token, { origin: 'https://page.example' })
  await client.next('welcome')
  assert.equal(client.socket.protocol, 'jbcalling.v1')
})

test('[M27] a request before the welcome is answered invalid_state', async () => {
  const client = await node.connect()
  const answer = await client.send({ method: 'ping' })
  assert.match(JSON.stringify(answer), /"code":"invalid_state"/)
})
