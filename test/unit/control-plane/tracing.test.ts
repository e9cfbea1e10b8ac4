import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinAnswer } from '../../../shared/api.ts'
import { readTraceparent } from '../../../shared/protocol/trace-context.ts'
import { localKeys, verifyJoinToken } from '../../../shared/token.ts'
import { nodeReport, testControlPlane } from './test-control-plane.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`

const answered = (answer: Response) => readTraceparent(answer.headers.get('traceparent') ?? undefined)

test('[O10] a caller is answered in its own trace, and one without a good one in a new one', async () => {
  const { app } = testControlPlane()
  const ask = (headers: Readonly<Record<string, string>>) => app.request('/health', { headers })
  const own = answered(await ask({ traceparent: TRACEPARENT }))
  assert.equal(own?.traceId, TRACE)
  assert.notEqual(own?.parentId, '00f067aa0ba902b7')
  const others = [await ask({}), await ask({ traceparent: 'nonsense' }), await app.request('/none')].map(answered)
  const ids = others.map((trace) => trace?.traceId)
  assert.ok(ids.every((id) => id !== undefined && id !== TRACE))
  assert.equal(new Set(ids).size, ids.length)
})

test('[O10] the join token carries the trace of its join', async () => {
  const { clock, post, registry, signingKeys } = testControlPlane()
  await registry.heartbeat(nodeReport('node-1'))
  await post('/v1/rooms', { roomId: 'tea' })
  const answer = await post('/v1/rooms/tea/join', { displayName: 'Ada' }, { traceparent: TRACEPARENT })
  const { token } = joinAnswer.parse(await answer.json())
  const keys = localKeys(signingKeys.jwks)
  const { traceId } = await verifyJoinToken(token, { keys, nodeId: 'node-1', now: clock.now() })
  assert.equal(traceId, TRACE)
})

test('[O10] a page of another origin may send its trace and read the answer', async () => {
  const origin = 'https://page.example'
  const { app } = testControlPlane({ CORS_ORIGINS: origin })
  const asked = await app.request('/v1/rooms', {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'traceparent' },
  })
  assert.match(asked.headers.get('access-control-allow-headers') ?? '', /traceparent/)
  const answer = await app.request('/v1/nodes', { headers: { origin } })
  assert.match(answer.headers.get('access-control-expose-headers') ?? '', /traceparent/)
})
