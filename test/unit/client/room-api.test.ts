import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enterRoom, transcriptUrl } from '../../../client/sdk/room-api.ts'
import { CallError, type ErrorCode } from '../../../shared/protocol/error-code.ts'

const answer = {
  token: 'token',
  url: 'ws://localhost:1',
  nodeId: 'node-1',
  epoch: 1,
  participantId: 'ada',
  rejoinToken: 'rejoin',
  expiresAt: 1,
  iceServers: [],
}

const ok = () => Response.json(answer)
const problem = (status: number, code: ErrorCode) =>
  Response.json(
    { type: 'about:blank', title: code, status, detail: `It is ${code}.`, code, requestId: 'r' },
    { status },
  )

/** Answers one call after another, and remembers what was asked. */
function script(...answers: readonly (() => Response | Promise<Response>)[]) {
  const asked: string[] = []
  const scripted: typeof fetch = async (address) => {
    const next = answers[asked.length]
    asked.push(String(address))
    if (!next) throw new Error('nobody expected this call')
    return next()
  }
  return { asked, fetch: scripted }
}

const enter = (scripted: typeof fetch, signal?: AbortSignal) =>
  enterRoom({ api: 'https://calls.example', fetch: scripted, ...(signal && { signal }) }, 'stand up', {
    displayName: 'Ada',
  })

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof CallError && error.code === code

test('[W329] a room is joined with one call, whether it is there or not', async () => {
  const { asked, fetch } = script(ok)
  assert.deepEqual(await enter(fetch), answer)
  assert.deepEqual(asked, ['https://calls.example/v1/rooms/stand%20up/join?ifAbsent=create'])
})

test('a refusal carries the code and the words of the API', async () => {
  const { fetch } = script(() => problem(503, 'no_capacity'))
  await assert.rejects(enter(fetch), { code: 'no_capacity', message: 'It is no_capacity.' })
})

test('a server that cannot be reached is unavailable', async () => {
  const { fetch } = script(() => Promise.reject(new TypeError('failed to fetch')))
  await assert.rejects(enter(fetch), hasCode('unavailable'))
})

test('a proxy that answers with a page of its own is unavailable', async () => {
  const { fetch } = script(() => new Response('<h1>Bad gateway</h1>', { status: 502 }))
  await assert.rejects(enter(fetch), hasCode('unavailable'))
})

for (const changes of [
  { url: 7 },
  { url: 'https://node.example' },
  { url: 'ws://' },
  { participantId: 'a\r\nb' },
  { iceServers: [{ urls: ['http://10.0.0.1/'] }] },
  { iceServers: [{ urls: ['turn:turn.example\r\na=x'] }] },
  { iceServers: [{ urls: Array.from({ length: 17 }, () => 'stun:stun.example') }] },
]) {
  test(`[W305] an answer with ${JSON.stringify(changes).slice(0, 60)} is not passed on`, async () => {
    const { fetch } = script(() => Response.json({ ...answer, ...changes }))
    await assert.rejects(enter(fetch), hasCode('protocol_violation'))
  })
}

test('[W305] an answer may have more than this client knows, and any TURN or STUN server', async () => {
  const iceServers = [
    { urls: ['stun:stun.example', 'turns:[2001:db8::1]:443?transport=tcp'], username: 'u', credential: 'c' },
  ]
  const { fetch } = script(() => Response.json({ ...answer, iceServers, newer: true }))
  assert.deepEqual(await enter(fetch), { ...answer, iceServers })
})

test('who gives up gets their own reason back, even if the answer has come', async () => {
  const abort = new AbortController()
  const { fetch } = script(() => {
    abort.abort(new Error('changed my mind'))
    return ok()
  })
  await assert.rejects(enter(fetch, abort.signal), { message: 'changed my mind' })
})

test('the address of a transcript names its room, its format and its language', () => {
  const api = 'https://calls.example'
  const path = 'https://calls.example/v1/rooms/stand%20up/transcript'
  assert.equal(
    transcriptUrl({ api }, 'stand up', { format: 'vtt', language: 'es-MX' }),
    `${path}?format=vtt&language=es-MX`,
  )
  assert.equal(transcriptUrl({ api: '' }, 'tea', { format: 'json' }), '/v1/rooms/tea/transcript?format=json')
})
