import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ADDRESS_HEADER, assertProblem, nodeReport, testControlPlane } from './test-control-plane.ts'

const KEY = 'first-key-0123456789'
const OTHER_KEY = 'other-key-0123456789'
const WITH_KEYS = { AUTH_MODE: 'api-key', API_KEYS: `${KEY}, ${OTHER_KEY}`, HOST: '0.0.0.0' }

const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })
const from = (address: string, other: Readonly<Record<string, string>> = {}) => ({
  headers: { [ADDRESS_HEADER]: address, ...other },
})

test('[L1] with api keys each of them opens the API, and nothing else does', async () => {
  const { app } = testControlPlane(WITH_KEYS)
  for (const key of [KEY, OTHER_KEY]) assert.equal((await app.request('/v1/nodes', bearer(key))).status, 200)
  const wrong = [bearer('wrong'), bearer(`${KEY}x`), bearer(KEY.slice(0, -1)), bearer(''), {}]
  const basic = { headers: { authorization: `Basic ${KEY}` } }
  for (const attempt of [...wrong, basic]) {
    const answer = await app.request('/v1/nodes', attempt)
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
    await assertProblem(answer, 401, 'unauthorized')
  }
})

test('[L1] without a key nobody learns which rooms there are', async () => {
  const { app, post } = testControlPlane(WITH_KEYS)
  await assertProblem(await app.request('/v1/rooms/any'), 401, 'unauthorized')
  await assertProblem(await app.request('/v1/rooms/any', { method: 'DELETE' }), 401, 'unauthorized')
  await assertProblem(await post('/v1/rooms/any/join', { displayName: 'Ada' }), 401, 'unauthorized')
  await assertProblem(await app.request('/v1/none'), 401, 'unauthorized')
})

test('[L1] health, keys and the document need no key', async () => {
  const { app } = testControlPlane(WITH_KEYS)
  for (const path of ['/health', '/ready', '/openapi.json', '/.well-known/jwks.json']) {
    assert.equal((await app.request(path)).status, 200, path)
  }
})

test('[L2] a caller over the rate is refused until time has passed, and told how long', async () => {
  const { app, clock } = testControlPlane({ RATE_LIMIT_PER_MINUTE: '3' })
  const call = () => app.request('/v1/nodes', from('192.0.2.7'))
  for (let calls = 0; calls < 3; calls += 1) assert.equal((await call()).status, 200)
  const refused = await call()
  assert.equal(refused.headers.get('retry-after'), '20')
  await assertProblem(refused, 429, 'rate_limited')
  clock.advance(19_999)
  assert.equal((await call()).status, 429)
  clock.advance(1)
  assert.equal((await call()).status, 200)
  assert.equal((await call()).status, 429)
})

test('[L2] an idle caller saves up no more than a minute', async () => {
  const { app, clock } = testControlPlane({ RATE_LIMIT_PER_MINUTE: '2' })
  await app.request('/v1/nodes')
  clock.advance(3_600_000)
  const answers = [1, 2, 3].map(() => app.request('/v1/nodes'))
  assert.deepEqual(
    (await Promise.all(answers)).map(({ status }) => status),
    [200, 200, 429],
  )
})

test('[L3] callers have an allowance each: by address, and by key wherever it calls from', async () => {
  const open = testControlPlane({ RATE_LIMIT_PER_MINUTE: '1' })
  assert.equal((await open.app.request('/v1/nodes', from('192.0.2.7'))).status, 200)
  assert.equal((await open.app.request('/v1/nodes', from('192.0.2.8'))).status, 200)
  assert.equal((await open.app.request('/v1/nodes', from('192.0.2.7'))).status, 429)
  const keyed = testControlPlane({ ...WITH_KEYS, RATE_LIMIT_PER_MINUTE: '1' })
  const call = (address: string, key: string) =>
    keyed.app.request('/v1/nodes', from(address, { authorization: `Bearer ${key}` }))
  assert.equal((await call('192.0.2.7', KEY)).status, 200)
  assert.equal((await call('192.0.2.8', KEY)).status, 429)
  assert.equal((await call('192.0.2.7', OTHER_KEY)).status, 200)
})

test('[L3] a header that a caller can set does not make it another caller', async () => {
  const { app } = testControlPlane({ RATE_LIMIT_PER_MINUTE: '1' })
  const call = (forwarded: string) => app.request('/v1/nodes', from('192.0.2.7', { 'x-forwarded-for': forwarded }))
  assert.equal((await call('198.51.100.1')).status, 200)
  assert.equal((await call('198.51.100.2')).status, 429)
})

test('[L3] guessing keys uses up the allowance of the address, and a good key still works from there', async () => {
  const { app } = testControlPlane({ ...WITH_KEYS, RATE_LIMIT_PER_MINUTE: '2' })
  const statuses: number[] = []
  for (const key of ['guess-1', 'guess-2', 'guess-3', KEY]) {
    statuses.push((await app.request('/v1/nodes', bearer(key))).status)
  }
  assert.deepEqual(statuses, [401, 401, 429, 200])
})

test('[L4] a request that takes too long is answered request_timeout, and leaves no timer behind', async () => {
  const { app, clock, rooms } = testControlPlane({ REQUEST_TIMEOUT_MS: '1000' })
  rooms.hang()
  const answer = app.request('/v1/rooms/any')
  await untilWaiting(clock)
  clock.advance(1_000)
  await assertProblem(await answer, 504, 'request_timeout')
  await app.request('/health')
  assert.equal(clock.waiting, 0)
})

test('[L5] a page of a listed origin may call the API, one of another may not', async () => {
  const { app } = testControlPlane({ CORS_ORIGINS: 'https://calls.example, https://other.example' })
  const allowed = async (origin: string) =>
    (await app.request('/v1/nodes', { headers: { origin } })).headers.get('access-control-allow-origin')
  assert.equal(await allowed('https://calls.example'), 'https://calls.example')
  assert.equal(await allowed('https://evil.example'), null)
  assert.equal(await allowed('https://calls.example.evil.example'), null)
})

test('[L5] a preflight needs no key, and names what may be sent', async () => {
  const { app } = testControlPlane({ ...WITH_KEYS, CORS_ORIGINS: 'https://calls.example' })
  const answer = await app.request('/v1/rooms', {
    method: 'OPTIONS',
    headers: { origin: 'https://calls.example', 'access-control-request-method': 'POST' },
  })
  assert.equal(answer.status, 204)
  assert.match(answer.headers.get('access-control-allow-headers') ?? '', /authorization/)
})

test('[L5] an error is readable for a page of a listed origin', async () => {
  const { app } = testControlPlane({ CORS_ORIGINS: 'https://calls.example' })
  const answer = await app.request('/v1/rooms/none', { headers: { origin: 'https://calls.example' } })
  assert.equal(answer.headers.get('access-control-allow-origin'), 'https://calls.example')
  await assertProblem(answer, 404, 'room_not_found')
})

test('[L5] without a list no other origin is let in', async () => {
  const { app, registry } = testControlPlane()
  await registry.heartbeat(nodeReport('node-1'))
  const answer = await app.request('/v1/nodes', { headers: { origin: 'https://calls.example' } })
  assert.equal(answer.headers.get('access-control-allow-origin'), null)
})

async function untilWaiting(clock: { readonly waiting: number }): Promise<void> {
  while (clock.waiting === 0) await new Promise(setImmediate)
}
