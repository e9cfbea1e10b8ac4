import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { openApiDocument } from '../../../control-plane/openapi-document.ts'
import { NODE_TTL_MS, RESERVATION_TTL_MS } from '../../../shared/node-registry/node-registry.ts'
import { assertProblem, knownNode, nodeReport, testControlPlane } from './test-control-plane.ts'

const COMMITTED = join(import.meta.dirname, '../../../control-plane/openapi.json')

test('[O1] the process is healthy even when the stores are away, but then it is not ready and says why', async () => {
  const { app, registry, rooms } = testControlPlane()
  const ready = async () => {
    const answer = await app.request('/ready')
    return [answer.status, await answer.json()]
  }
  assert.deepEqual(await ready(), [200, { ready: true, registry: 'ok', roomStore: 'ok' }])
  registry.goAway()
  assert.deepEqual(await ready(), [503, { ready: false, registry: 'unavailable', roomStore: 'ok' }])
  rooms.goAway()
  assert.deepEqual(await ready(), [503, { ready: false, registry: 'unavailable', roomStore: 'unavailable' }])
  assert.equal((await app.request('/health')).status, 200)
})

test('[O2] the fleet is listed as it is now', async () => {
  const { app, clock, registry, post } = testControlPlane()
  await registry.heartbeat(nodeReport('gone'))
  clock.advance(NODE_TTL_MS - 1)
  await registry.heartbeat(nodeReport('b', { draining: true }))
  await registry.heartbeat(nodeReport('a'))
  await post('/v1/rooms', {})
  clock.advance(1)
  assert.deepEqual(await (await app.request('/v1/nodes')).json(), {
    nodes: [
      knownNode('a', { ageMs: 1, reservations: 1, firmReservations: 1 }),
      knownNode('b', { ageMs: 1, draining: true }),
    ],
  })
})

test('[O3] the summary adds up the fleet, or says that it is not known', async () => {
  const { app, clock, registry, post } = testControlPlane()
  await registry.heartbeat(nodeReport('a', { rooms: 2, participants: 5, load: 0.25 }))
  await registry.heartbeat(nodeReport('b', { rooms: 1, participants: 3, load: 0.75, draining: true }))
  await post('/v1/rooms', {})
  clock.advance(1_500)
  const stats = async () => await (await app.request('/stats')).json()
  const { version, ...sums } = await stats()
  assert.match(version, /^\d+\.\d+\.\d+/)
  const sizes = { nodes: 2, draining: 1, rooms: 3, participants: 8, highestLoad: 0.75 }
  const fleet = { ...sizes, reservations: 1, oldestHeartbeatMs: 1_500 }
  assert.deepEqual(sums, { uptimeSeconds: 1, fleet })
  registry.goAway()
  clock.advance(1_000)
  assert.equal((await stats()).fleet, null)
})

test('[O4] requests, allocations and refusals are counted under closed labels', async () => {
  const { app, registry, post } = testControlPlane()
  await post('/v1/rooms', {})
  await registry.heartbeat(nodeReport('a'))
  await post('/v1/rooms', { roomId: 'standup' })
  await post('/v1/rooms/standup/join', { displayName: 'Ada' })
  await app.request('/v1/rooms/standup')
  await app.request('/somewhere/else')
  const answer = await app.request('/metrics')
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/)
  const text = await answer.text()
  for (const line of [
    'jbcalling_allocations_total{reason="no_region_asked"} 1',
    'jbcalling_allocations_total{reason="kept"} 1',
    'jbcalling_refusals_total{code="no_capacity"} 1',
    'jbcalling_refusals_total{code="not_found"} 1',
    'jbcalling_http_request_duration_seconds_count{route="POST /v1/rooms",status_class="2xx"} 1',
    'jbcalling_http_request_duration_seconds_count{route="GET /v1/rooms/:roomId",status_class="2xx"} 1',
    'jbcalling_http_request_duration_seconds_count{route="unmatched",status_class="4xx"} 1',
  ]) {
    assert.ok(text.includes(`${line}\n`), line)
  }
  assert.doesNotMatch(text, /standup|somewhere/)
})

test('[O8] the metrics have the fleet as it is now, and say nothing of it while the registry is away', async () => {
  const { app, clock, registry, post } = testControlPlane()
  const metrics = async () => (await app.request('/metrics')).text()
  await registry.heartbeat(nodeReport('a'))
  await post('/v1/rooms', {})
  clock.advance(RESERVATION_TTL_MS)
  await registry.heartbeat(nodeReport('a'))
  await post('/v1/rooms', {})
  clock.advance(1_500)
  await registry.heartbeat(nodeReport('b', { load: 0.9 }))
  await registry.heartbeat(nodeReport('c', { load: 0.1, draining: true }))
  const expected = {
    registry_reachable: 1,
    'fleet_media_nodes{state="active"}': 2,
    'fleet_media_nodes{state="draining"}': 1,
    fleet_rooms: 3,
    fleet_participants: 6,
    fleet_load_ratio: 0.7,
    fleet_oldest_heartbeat_age_seconds: 1.5,
    fleet_reservations: 1,
    fleet_reservations_expired_total: 1,
    placed_from_memory_total: 0,
  }
  const there = await metrics()
  for (const [name, value] of Object.entries(expected))
    assert.ok(there.includes(`\njbcalling_${name} ${value}\n`), name)
  registry.goAway()
  clock.advance(1_000)
  const away = await metrics()
  assert.match(away, /^jbcalling_registry_reachable 0$/m)
  assert.doesNotMatch(away, /^jbcalling_fleet_/m)
})

test('[O9] a media node is asked to drain, within a deadline, and to do so no more', async () => {
  const { app, registry, post } = testControlPlane()
  await registry.heartbeat(nodeReport('a'))
  const asked = [
    await post('/v1/nodes/a/drain', { deadlineSeconds: 5 }),
    await app.request('/v1/nodes/a/drain', { method: 'POST' }),
    await app.request('/v1/nodes/a/drain', { method: 'DELETE' }),
  ]
  assert.deepEqual(
    asked.map(({ status }) => status),
    [202, 202, 202],
  )
  assert.deepEqual((await registry.heartbeat(nodeReport('a'))).commands, [
    { type: 'drain', deadlineSeconds: 5 },
    { type: 'drain', deadlineSeconds: 60 },
    { type: 'cancel-drain' },
  ])
  assert.match(await (await app.request('/metrics')).text(), /jbcalling_drain_requests_total\{command="drain"\} 2\n/)
})

test('[O9] a media node that is silent for a moment can be asked to drain, one that nobody knows cannot', async () => {
  const { app, clock, registry, post } = testControlPlane()
  await registry.heartbeat(nodeReport('a'))
  clock.advance(NODE_TTL_MS)
  assert.equal((await post('/v1/nodes/a/drain', {})).status, 202)
  await assertProblem(await post('/v1/nodes/b/drain', {}), 404, 'not_found')
  await assertProblem(await app.request('/v1/nodes/b/drain', { method: 'DELETE' }), 404, 'not_found')
  await assertProblem(await post('/v1/nodes/a/drain', { deadlineSeconds: -1 }), 400, 'bad_request')
  registry.goAway()
  await assertProblem(await post('/v1/nodes/a/drain', {}), 503, 'unavailable')
})

test('[O5] the published keys check tokens and hold nothing private', async () => {
  const { app } = testControlPlane()
  const answer = await app.request('/.well-known/jwks.json')
  assert.match(answer.headers.get('cache-control') ?? '', /max-age=\d+/)
  const { keys } = z.object({ keys: z.array(z.record(z.string(), z.string())) }).parse(await answer.json())
  assert.deepEqual(
    keys.map((key) => Object.keys(key).sort()),
    [['alg', 'crv', 'kid', 'kty', 'use', 'x']],
  )
})

test('[O6] the committed OpenAPI document is the one the routes make', async () => {
  const { app } = testControlPlane()
  const committed = JSON.parse(readFileSync(COMMITTED, 'utf8'))
  const renewal = 'renew it: node control-plane/openapi.ts > control-plane/openapi.json, then npm run format'
  assert.deepEqual(JSON.parse(JSON.stringify(openApiDocument(app))), committed, renewal)
  assert.deepEqual(await (await app.request('/openapi.json')).json(), committed)
})

test('[O6] the document leaves out of `required` what a caller may leave out, and every reference in it resolves', () => {
  const text = readFileSync(COMMITTED, 'utf8')
  const { components } = JSON.parse(text)
  assert.equal(components.schemas.CreateRoom.required, undefined)
  assert.deepEqual(components.schemas.Join.required, ['displayName'])
  assert.ok(!components.schemas.Room.required.includes('region'))
  const referred = new Set([...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name))
  assert.deepEqual([...referred].sort(), Object.keys(components.schemas).sort())
})

test('[O7] every answer forbids framing, foreign scripts and guessing at types', async () => {
  const { app } = testControlPlane()
  for (const path of ['/health', '/none']) {
    const { headers } = await app.request(path)
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'self'/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.match(policy, /connect-src 'self' ws:\/\/localhost:\* ws:\/\/127\.0\.0\.1:\*;/)
    assert.doesNotMatch(policy, /unsafe/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.match(headers.get('permissions-policy') ?? '', /camera=\(self\)/)
  }
})

test('[L73] whoever asks for metrics or the summary within a second gets the same answer, made once', async () => {
  const { app, clock, registry } = testControlPlane()
  await registry.heartbeat(nodeReport('a'))
  for (const path of ['/metrics', '/stats', '/ready']) {
    clock.advance(1_000)
    const asked = async (times: number) => {
      const before = registry.calls
      const answers = await Promise.all(Array.from({ length: times }, () => app.request(path)))
      for (const { status } of answers) assert.equal(status, 200)
      return registry.calls - before
    }
    const once = await asked(1)
    clock.advance(1_000)
    assert.equal(await asked(50), once, path)
    clock.advance(999)
    assert.equal(await asked(50), path === '/ready' ? once : 0, path)
    clock.advance(1)
    assert.equal(await asked(50), once, path)
  }
})
