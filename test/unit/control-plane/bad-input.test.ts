import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ErrorCode } from '../../../shared/protocol/error-code.ts'
import { assertProblem, nodeReport, testControlPlane } from './test-control-plane.ts'

const plane = testControlPlane({ BODY_LIMIT_BYTES: '2048' })
await plane.registry.heartbeat(nodeReport('node-1'))
await plane.post('/v1/rooms', { roomId: 'standup' })

const JOIN = '/v1/rooms/standup/join'

type Refused = { readonly name: string; readonly path: string; readonly body: unknown; readonly code?: ErrorCode }

const refused: readonly Refused[] = [
  { name: 'malformed JSON', path: '/v1/rooms', body: '{"roomId":' },
  { name: 'an empty body that calls itself JSON', path: '/v1/rooms', body: '' },
  { name: 'JSON that is no object', path: '/v1/rooms', body: ['standup'] },
  { name: 'null', path: '/v1/rooms', body: null },
  { name: 'a field that does not exist', path: '/v1/rooms', body: { name: 'standup' } },
  { name: 'an id that starts with a sign', path: '/v1/rooms', body: { roomId: '-x' } },
  { name: 'an id with a slash', path: '/v1/rooms', body: { roomId: 'a/b' } },
  { name: 'an id of 65 letters', path: '/v1/rooms', body: { roomId: 'x'.repeat(65) } },
  { name: 'an id that is a number', path: '/v1/rooms', body: { roomId: 7 } },
  { name: 'an id that is null', path: '/v1/rooms', body: { roomId: null } },
  { name: 'nobody allowed in', path: '/v1/rooms', body: { maxParticipants: 0 } },
  { name: 'too many allowed in', path: '/v1/rooms', body: { maxParticipants: 1_001 } },
  { name: 'half a participant', path: '/v1/rooms', body: { maxParticipants: 1.5 } },
  { name: 'a number in quotes', path: '/v1/rooms', body: { maxParticipants: '5' } },
  { name: 'a negative time', path: '/v1/rooms', body: { emptyTimeoutSeconds: -1 } },
  { name: 'metadata that is not text', path: '/v1/rooms', body: { metadata: { a: 1 } } },
  { name: 'metadata that is too long', path: '/v1/rooms', body: { metadata: { a: 'x'.repeat(1_025) } } },
  { name: 'a join without a name', path: JOIN, body: {} },
  { name: 'a join under a blank name', path: JOIN, body: { displayName: '  ' } },
  { name: 'a join under a name that is too long', path: JOIN, body: { displayName: 'x'.repeat(65) } },
  { name: 'a join under a name with a line break', path: JOIN, body: { displayName: 'Ada\r\nBob' } },
  { name: 'a join under a name that turns the text around', path: JOIN, body: { displayName: 'Ada\u202e' } },
  { name: 'a join under a name that nobody can see', path: JOIN, body: { displayName: '\u3164' } },
  { name: 'metadata with a control character', path: '/v1/rooms', body: { metadata: { a: 'x\u0000' } } },
  { name: 'metadata under a key with a line break', path: '/v1/rooms', body: { metadata: { 'a\nb': 'x' } } },
  { name: 'a join in no language', path: JOIN, body: { displayName: 'Ada', language: 'English!' } },
  { name: 'a join that grants itself something', path: JOIN, body: { displayName: 'Ada', epoch: 99 } },
  { name: 'a join of an id that cannot be', path: '/v1/rooms/-/join', body: { displayName: 'Ada' } },
  {
    name: 'a join of a room that is not there',
    path: '/v1/rooms/none/join',
    body: { displayName: 'Ada' },
    code: 'room_not_found',
  },
  {
    name: 'a body over the limit',
    path: '/v1/rooms',
    body: { metadata: { a: 'x'.repeat(2_048) } },
    code: 'payload_too_large',
  },
  { name: 'a body over the limit in a join', path: JOIN, body: `"${'x'.repeat(2_048)}"`, code: 'payload_too_large' },
]

const statusOf: Partial<Record<ErrorCode, number>> = { bad_request: 400, room_not_found: 404, payload_too_large: 413 }

for (const { name, path, body, code = 'bad_request' } of refused) {
  test(`[D1] ${name} is refused as ${code}`, async () => {
    await assertProblem(await plane.post(path, body), statusOf[code] ?? 0, code)
  })
}

for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'nonsense', '']) {
  test(`[D1] a body of type "${type}" is refused as bad_request`, async () => {
    const answer = await plane.post('/v1/rooms', { roomId: 'wrong-type' }, { 'content-type': type })
    await assertProblem(answer, 400, 'bad_request')
  })
}

test('[D1] a body over the limit that hides its length is refused as payload_too_large', async () => {
  const chunk = new TextEncoder().encode('x'.repeat(1_024))
  const body = new ReadableStream({
    start(controller) {
      for (let sent = 0; sent < 4; sent += 1) controller.enqueue(chunk)
      controller.close()
    },
  })
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' }
  const answer = await plane.app.request('/v1/rooms', request)
  await assertProblem(answer, 413, 'payload_too_large')
})

for (const [method, path] of [
  ['GET', '/v2/rooms'],
  ['GET', '/v1/rooms/'],
  ['GET', '/v1/rooms/a/b/c'],
  ['GET', '/'],
  ['GET', '/.env'],
  ['PUT', '/v1/rooms/standup'],
  ['DELETE', '/v1/nodes'],
  ['POST', '/health'],
] as const) {
  test(`[D2] ${method} ${path} is refused as not_found`, async () => {
    await assertProblem(await plane.app.request(path, { method }), 404, 'not_found')
  })
}

test('[D2] reading and closing a room that is not there is refused as room_not_found', async () => {
  for (const method of ['GET', 'DELETE']) {
    await assertProblem(await plane.app.request('/v1/rooms/none', { method }), 404, 'room_not_found')
  }
})

test('[D3] a refusal says which field is wrong, and how', async () => {
  const { detail } = await assertProblem(await plane.post('/v1/rooms', { maxParticipants: 0 }), 400, 'bad_request')
  assert.match(detail, /^maxParticipants: .*1$/)
})

test('[D3] a refusal does not grow with what it refuses', async () => {
  const body = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`unknown-${index}`, 1]))
  const { detail } = await assertProblem(await plane.post('/v1/rooms', body), 400, 'bad_request')
  assert.ok(detail.length <= 500)
})

test('[D4] an answer carries the request id it was asked with, if that is sane, and else one of its own', async () => {
  const ask = (id: string) => plane.app.request('/health', { headers: { 'x-request-id': id } })
  assert.equal((await ask('trace-42')).headers.get('x-request-id'), 'trace-42')
  for (const insane of ['x'.repeat(65), 'a b', '<script>', '{"a":1}']) {
    const own = (await ask(insane)).headers.get('x-request-id')
    assert.match(own ?? '', /^[0-9a-f-]{36}$/)
  }
})

test('[D5] a bug is answered internal, and its text is not echoed', async () => {
  const broken = testControlPlane()
  broken.rooms.read = async () => {
    throw new Error('secret of the house')
  }
  const answer = await broken.app.request('/v1/rooms/any')
  const { detail, title } = await assertProblem(answer, 500, 'internal')
  assert.doesNotMatch(`${detail}${title}`, /secret/)
})

test('[D6] after all of this the room is as it was', async () => {
  const answer = await plane.post(JOIN, { displayName: 'Ada' })
  assert.equal(answer.status, 200)
})

test('[D7] a name of which nothing is seen joins no room', async () => {
  const { post, registry } = testControlPlane()
  await registry.heartbeat(nodeReport('node-1'))
  const unseen = [
    '\u3164',
    '\u115f\u1160',
    '\uffa0',
    '\u2800',
    '\u0301\u0302',
    '\ufe0f',
    '\u{e0041}\u{e007f}',
    '\u200d',
    '\u00ad',
  ]
  for (const displayName of unseen)
    await assertProblem(await post('/v1/rooms/tea/join?ifAbsent=create', { displayName }), 400, 'bad_request')
})
