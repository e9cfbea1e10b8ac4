import assert from 'node:assert/strict'
import { test } from 'node:test'
import { viewerAddress } from '../../../control-plane/viewer-address.ts'
import { joinAnswer } from '../../../shared/api.ts'
import { callerAddress } from '../../../shared/caller-address.ts'
import { ADDRESS_HEADER, assertProblem, nodeReport, testControlPlane } from './test-control-plane.ts'

const KEY = 'first-key-0123456789'
const GUESTS = { AUTH_MODE: 'guests', API_KEYS: KEY, HOST: '0.0.0.0' }
const WITH_KEY = { authorization: `Bearer ${KEY}` }

test('[L6] guests do what the page does: make a room, join it, and then read it and what was said', async () => {
  const { app, registry, post } = testControlPlane(GUESTS)
  await registry.heartbeat(nodeReport('node-1'))
  assert.equal((await post('/v1/rooms', { roomId: 'standup' })).status, 201)
  const joined = await post('/v1/rooms/standup/join', { displayName: 'Ada' })
  const { rejoinToken } = joinAnswer.parse(await joined.json())
  const headers = { authorization: `Bearer ${rejoinToken}` }
  for (const path of ['/v1/rooms/standup', '/v1/rooms/standup/transcript']) {
    assert.equal((await app.request(path, { headers })).status, 200)
    await assertProblem(await app.request(path), 401, 'unauthorized')
  }
})

test('[L6] everything else wants a key from guests, too', async () => {
  const { app, registry, post } = testControlPlane(GUESTS)
  await registry.heartbeat(nodeReport('node-1'))
  await post('/v1/rooms', { roomId: 'standup' })
  const calls = [
    ['DELETE', '/v1/rooms/standup'],
    ['DELETE', '/v1/rooms/standup/transcript'],
    ['GET', '/v1/nodes'],
    ['POST', '/v1/nodes/node-1/drain'],
    ['DELETE', '/v1/nodes/node-1/drain'],
    ['GET', '/v1/rooms/standup/join'],
    ['GET', '/v1/rooms'],
    ['POST', '/v1/rooms/standup/transcript'],
  ] as const
  for (const [method, path] of calls) {
    const guest = await app.request(path, { method })
    await assertProblem(guest, 401, 'unauthorized')
    const operator = await app.request(path, { method, headers: { ...WITH_KEY, 'content-type': 'application/json' } })
    assert.notEqual(operator.status, 401, path)
  }
})

test('[L6] guests have an allowance for each address', async () => {
  const { app } = testControlPlane({ ...GUESTS, RATE_LIMIT_PER_MINUTE: '1' })
  const from = (address: string) => app.request('/v1/rooms/any', { headers: { [ADDRESS_HEADER]: address } })
  assert.equal((await from('192.0.2.7')).status, 401)
  assert.equal((await from('192.0.2.7')).status, 429)
  assert.equal((await from('192.0.2.8')).status, 401)
})

test('[L7] behind proxies a caller is who the outermost of them saw, whatever the caller says before', () => {
  const connection = { remoteAddress: '10.0.1.5', forwardedFor: '203.0.113.9, 198.51.100.2, 10.0.0.9' }
  assert.equal(callerAddress(connection, 1), '10.0.0.9')
  assert.equal(callerAddress(connection, 2), '198.51.100.2')
})

test('[L7] without a proxy of ours nothing that a caller sends says who it is', () => {
  assert.equal(callerAddress({ remoteAddress: '192.0.2.1', forwardedFor: '203.0.113.9' }, 0), '192.0.2.1')
})

test('[L7] what came past the proxies is the address it came from', () => {
  for (const forwardedFor of [undefined, '', '203.0.113.9']) {
    assert.equal(callerAddress({ remoteAddress: '192.0.2.1', forwardedFor }, 2), '192.0.2.1')
  }
})

test('[L8] who comes by the page on AWS is who its CloudFront saw, whatever the caller says before', () => {
  const addressOf = viewerAddress('the-key-of-the-page')
  const call = { remoteAddress: '203.0.113.50', pageAuthorization: 'Bearer the-key-of-the-page' }
  for (const forwardedFor of [
    '198.51.100.2, 203.0.113.50',
    '192.0.2.9,203.0.113.50, 198.51.100.2,203.0.113.50',
    '192.0.2.9, 198.51.100.2',
  ]) {
    assert.equal(addressOf({ ...call, forwardedFor }), '198.51.100.2', forwardedFor)
  }
  for (const forwardedFor of [undefined, '', '203.0.113.50']) {
    assert.equal(addressOf({ ...call, forwardedFor }), '203.0.113.50')
  }
})

test('[L8] who goes around the page on AWS is who API Gateway saw, whatever the caller says', () => {
  const call = { remoteAddress: '192.0.2.1', forwardedFor: '198.51.100.2, 192.0.2.1' }
  for (const pageAuthorization of [undefined, '', 'Bearer', 'Bearer undefined', 'Bearer another-key']) {
    assert.equal(viewerAddress('the-key-of-the-page')({ ...call, pageAuthorization }), '192.0.2.1')
    assert.equal(viewerAddress(undefined)({ ...call, pageAuthorization }), '192.0.2.1')
  }
})

test('[L76] a room that a guest makes by joining counts as one that they make, and joining one that is there does not', async () => {
  const { registry, post } = testControlPlane({ ...GUESTS, GUEST_ROOMS_PER_MINUTE: '2' })
  await registry.heartbeat(nodeReport('node-1'))
  const join = (room: string) => post(`/v1/rooms/${room}/join?ifAbsent=create`, { displayName: 'Ada' })
  for (const room of ['one', 'two', 'two', 'one', 'two']) assert.equal((await join(room)).status, 200)
  await assertProblem(await join('three'), 429, 'rate_limited')
  await assertProblem(await post('/v1/rooms', {}), 429, 'rate_limited')
})

test('[L77] who comes back to a room that is gone makes it anew and is somebody new there', async () => {
  const { registry, post, rooms, clock } = testControlPlane(GUESTS)
  await registry.heartbeat(nodeReport('node-1'))
  const join = async (body: object) =>
    joinAnswer.parse(await (await post('/v1/rooms/tea/join?ifAbsent=create', { displayName: 'Ada', ...body })).json())
  const first = await join({})
  const { rejoinToken } = first
  assert.equal((await join({ rejoinToken })).participantId, first.participantId)
  await rooms.remove('tea')
  clock.advance(1_000)
  assert.notEqual((await join({ rejoinToken })).participantId, first.participantId)
})

test('[L78] where a key is needed, joining makes nothing without one', async () => {
  const { registry, post, rooms } = testControlPlane({ ...GUESTS, AUTH_MODE: 'api-key' })
  await registry.heartbeat(nodeReport('node-1'))
  await assertProblem(await post('/v1/rooms/tea/join?ifAbsent=create', { displayName: 'Ada' }), 401, 'unauthorized')
  assert.equal(await rooms.read('tea'), undefined)
})
