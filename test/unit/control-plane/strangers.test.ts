import assert from 'node:assert/strict'
import { test } from 'node:test'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { joinAnswer, room, transcript } from '../../../shared/api.ts'
import { readSettings } from '../../../shared/settings.ts'
import { signRejoinToken } from '../../../shared/token.ts'
import { newLine } from '../../integration/shared/transcript-store-contract.ts'
import { ADDRESS_HEADER, assertProblem, nodeReport, testControlPlane } from './test-control-plane.ts'

const KEY = 'first-key-0123456789'
const WITH_KEY = { authorization: `Bearer ${KEY}` }
const GUESTS = { AUTH_MODE: 'guests', API_KEYS: KEY, HOST: '0.0.0.0' }
const PATH = '/v1/rooms/tea/transcript'

/** A control plane that lets guests in, with a media node. */
async function guestPlane(env: Readonly<Record<string, string>> = {}) {
  const plane = testControlPlane({ ...GUESTS, ...env })
  const beat = () => plane.registry.heartbeat(nodeReport('node-1', { load: 0.1 }))
  await beat()
  const make = (body: object = { roomId: 'tea' }, address = '192.0.2.1') =>
    plane.post('/v1/rooms', body, { [ADDRESS_HEADER]: address })
  const join = async (other: object = {}) => {
    await beat()
    const answer = await plane.post('/v1/rooms/tea/join', { displayName: 'Ada', ...other })
    return joinAnswer.parse(await answer.json())
  }
  /** Makes the room, joins it, and has something said in it. */
  const call = async (text: string) => {
    await beat()
    const { createdAt } = room.parse(await (await make()).json())
    const joined = await join()
    const line = newLine({ text, startMs: plane.clock.now() + 1, translations: {} })
    await plane.transcripts.append({ roomId: 'tea', createdAt }, [line], plane.clock.now() + 1_000_000_000)
    return { ...joined, createdAt, line }
  }
  const close = (query = '') => plane.app.request(`/v1/rooms/tea${query}`, { method: 'DELETE', headers: WITH_KEY })
  const read = (token?: string, query = '') =>
    plane.app.request(`${PATH}?${query}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
  const texts = async (token: string, query = '') => {
    const answer = await read(token, query)
    assert.equal(answer.status, 200)
    return transcript.parse(await answer.json()).lines.map(({ text }) => text)
  }
  return { ...plane, beat, make, join, call, close, read, texts }
}

test('[R60] who was in a room reads what was said there, also after it closed, and in no other room of its name', async () => {
  const { call, close, clock, texts } = await guestPlane()
  const first = await call('first')
  clock.advance(60_000)
  await close()
  assert.deepEqual(await texts(first.rejoinToken), ['first'])
  const second = await call('second')
  for (const query of ['', 'since=0', `since=${first.createdAt}`]) {
    assert.deepEqual(await texts(first.rejoinToken, query), ['first'])
    assert.deepEqual(await texts(second.rejoinToken, query), ['second'])
  }
  assert.deepEqual(await texts(KEY), ['second'])
  assert.deepEqual(await texts(KEY, 'since=0'), ['first', 'second'])
})

test('[R60] who shows nothing, or something else, reads no transcript and no room', async () => {
  const { app, call, clock, read, signingKeys } = await guestPlane()
  const { token, participantId, createdAt } = await call('first')
  const signed = (grant: object) =>
    signRejoinToken(signingKeys.current, { roomId: 'tea', participantId, createdAt, ...grant }, clock.now())
  const olderVersion = await signed({ createdAt: undefined })
  for (const format of ['json', 'vtt', 'srt', 'txt']) {
    await assertProblem(await read(undefined, `format=${format}&since=0`), 401, 'unauthorized')
    for (const given of [token, 'rubbish', `${KEY}x`, await signed({ roomId: 'cake' }), olderVersion]) {
      await assertProblem(await read(given, `format=${format}`), 401, 'token_invalid')
    }
  }
  const roomAnswer = (given: string) => app.request('/v1/rooms/tea', { headers: { authorization: `Bearer ${given}` } })
  await assertProblem(await roomAnswer('rubbish'), 401, 'token_invalid')
  await assertProblem(await roomAnswer(await signed({ createdAt: createdAt - 1 })), 404, 'room_not_found')
  assert.equal((await roomAnswer(await signed({}))).status, 200)
})

test('[R61] whoever comes back to a later room of the same name is somebody new there', async () => {
  const { call, close, clock, join } = await guestPlane()
  const first = await call('first')
  assert.equal((await join({ rejoinToken: first.rejoinToken })).participantId, first.participantId)
  clock.advance(1)
  await close()
  const second = await call('second')
  const back = await join({ rejoinToken: first.rejoinToken })
  assert.notEqual(back.participantId, first.participantId)
  assert.notEqual(back.participantId, second.participantId)
})

test('[R62] a transcript is removed by a key: nobody reads it any more, nor what a media node stores of it late', async () => {
  const { app, call, clock, close, texts, read, transcripts } = await guestPlane()
  const { rejoinToken, createdAt, line } = await call('first')
  clock.advance(10_000)
  await assertProblem(await app.request(PATH, { method: 'DELETE' }), 401, 'unauthorized')
  const guest = { authorization: `Bearer ${rejoinToken}` }
  await assertProblem(await app.request(PATH, { method: 'DELETE', headers: guest }), 401, 'unauthorized')
  assert.equal((await app.request(PATH, { method: 'DELETE', headers: WITH_KEY })).status, 204)
  assert.deepEqual(await texts(rejoinToken), [])
  const later = newLine({ text: 'said since', startMs: clock.now() + 1 })
  await transcripts.append({ roomId: 'tea', createdAt }, [line, later], clock.now() + 1_000_000)
  assert.deepEqual(await texts(rejoinToken), ['said since'])
  clock.advance(10_000)
  await close()
  assert.equal((await app.request(PATH, { method: 'DELETE', headers: WITH_KEY })).status, 204)
  const last = newLine({ text: 'before the media node knew', startMs: clock.now() + 500 })
  await transcripts.append({ roomId: 'tea', createdAt }, [last], clock.now() + 1_000_000)
  await assertProblem(await read(rejoinToken), 404, 'room_not_found')
  await assertProblem(await read(KEY, 'since=0'), 404, 'room_not_found')
})

test('[R63] closing a room keeps its transcript, unless the caller wants it removed as well', async () => {
  const { call, close, texts, read, clock } = await guestPlane()
  const first = await call('first')
  clock.advance(10_000)
  await assertProblem(await close('?transcript=perhaps'), 400, 'bad_request')
  assert.equal((await close()).status, 204)
  assert.deepEqual(await texts(first.rejoinToken), ['first'])
  const second = await call('second')
  clock.advance(10_000)
  assert.equal((await close('?transcript=delete')).status, 204)
  for (const token of [first.rejoinToken, second.rejoinToken])
    await assertProblem(await read(token), 404, 'room_not_found')
})

test('[L65] guests who ask for rooms that are not there are soon refused, by whatever way they ask', async () => {
  const { post, make, clock, app, beat } = await guestPlane({ GUEST_MISSES_PER_MINUTE: '6' })
  await make()
  const from = (address: string) => ({ [ADDRESS_HEADER]: address })
  const guess = (path: string, address: string) => post(path, { displayName: 'Eve' }, from(address))
  const wrong = (address: string) => app.request(PATH, { headers: { ...from(address), authorization: 'Bearer wrong' } })
  for (let tries = 0; tries < 3; tries += 1) {
    await assertProblem(await guess(`/v1/rooms/guess-${tries}/join`, '192.0.2.66'), 404, 'room_not_found')
    await assertProblem(await wrong('192.0.2.66'), 401, 'token_invalid')
  }
  const refused = await guess('/v1/rooms/tea/join', '192.0.2.66')
  assert.equal(refused.headers.get('retry-after'), '10')
  await assertProblem(refused, 429, 'rate_limited')
  assert.equal((await guess('/v1/rooms/tea/join', '192.0.2.67')).status, 200)
  clock.advance(10_000)
  await beat()
  assert.equal((await guess('/v1/rooms/tea/join', '192.0.2.66')).status, 200)
})

test('[L65] many guesses at once are no more than many one after the other', async () => {
  const { post } = await guestPlane({ GUEST_MISSES_PER_MINUTE: '6' })
  const guesses = Array.from({ length: 50 }, (_, index) =>
    post(`/v1/rooms/guess-${index}/join`, { displayName: 'Eve' }),
  )
  const statuses = (await Promise.all(guesses)).map(({ status }) => status)
  assert.equal(statuses.filter((status) => status === 404).length, 6)
  assert.equal(statuses.filter((status) => status === 429).length, 44)
})

test('[L65] joining rooms that are there uses up nothing of that', async () => {
  const { make, join } = await guestPlane({ GUEST_MISSES_PER_MINUTE: '2' })
  await make()
  for (let joins = 0; joins < 10; joins += 1) await join()
})

test('[L65] who shows that they were in the room gets back, whatever others behind their address tried', async () => {
  const { post, make, join } = await guestPlane({ GUEST_MISSES_PER_MINUTE: '2' })
  await make()
  const { rejoinToken, participantId } = await join()
  for (let tries = 0; tries < 3; tries += 1) await post('/v1/rooms/typo/join', { displayName: 'Ada' })
  await assertProblem(await post('/v1/rooms/tea/join', { displayName: 'Ada' }), 429, 'rate_limited')
  assert.equal((await join({ rejoinToken })).participantId, participantId)
})

test('[L66] all addresses of an IPv6 /64 are one caller, with one allowance of each kind', async () => {
  const { post, make } = await guestPlane({ GUEST_MISSES_PER_MINUTE: '2', GUEST_ROOMS_PER_MINUTE: '1' })
  const guess = (host: string, name: string) =>
    post(`/v1/rooms/${name}/join`, { displayName: 'Eve' }, { [ADDRESS_HEADER]: host })
  assert.equal((await guess('2001:db8::1', 'a')).status, 404)
  assert.equal((await guess('2001:db8::2', 'b')).status, 404)
  assert.equal((await guess('2001:db8::ffff:3', 'c')).status, 429)
  assert.equal((await guess('2001:db8:0:1::1', 'c')).status, 404)
  assert.equal((await make({}, '2001:db8::4')).status, 201)
  assert.equal((await make({}, '2001:db8::5')).status, 429)
  const general = testControlPlane({ RATE_LIMIT_PER_MINUTE: '1' })
  const list = (host: string) => general.app.request('/v1/nodes', { headers: { [ADDRESS_HEADER]: host } })
  assert.deepEqual([(await list('2001:db8::1')).status, (await list('2001:db8::2')).status], [200, 429])
})

test('[L67] guests make few rooms a minute, and making one tells only as often that a name is taken', async () => {
  const { make, post, clock } = await guestPlane({ GUEST_ROOMS_PER_MINUTE: '3' })
  assert.equal((await make()).status, 201)
  await assertProblem(await make(), 409, 'room_exists')
  assert.equal((await make({})).status, 201)
  const refused = await make()
  assert.equal(refused.headers.get('retry-after'), '20')
  await assertProblem(refused, 429, 'rate_limited')
  assert.equal((await post('/v1/rooms', {}, { ...WITH_KEY, [ADDRESS_HEADER]: '192.0.2.1' })).status, 201)
  clock.advance(20_000)
  await assertProblem(await make(), 503, 'no_capacity')
})

for (const [asked, most] of [
  [{ emptyTimeoutSeconds: 301 }, /^emptyTimeoutSeconds: at most 300 without an API key$/],
  [{ maxParticipants: 101 }, /^maxParticipants: at most 100 /],
  [{ metadata: { a: 'x'.repeat(1_024), b: 'x'.repeat(1_023) } }, /^metadata: characters in all: at most 2048 /],
] as const) {
  test(`[L68] a guest's room has bounds, which the answer tells, and one with a key has none: ${Object.keys(asked)}`, async () => {
    const { make, post } = await guestPlane()
    const { detail } = await assertProblem(await make(asked), 400, 'bad_request')
    assert.match(detail, most)
    assert.equal((await post('/v1/rooms', asked, WITH_KEY)).status, 201)
  })
}

test('[L68] the bounds of rooms that guests make are settings', async () => {
  const { make } = await guestPlane({ GUEST_EMPTY_TIMEOUT_SECONDS: '7', GUEST_MAX_PARTICIPANTS: '9' })
  assert.equal((await make({ emptyTimeoutSeconds: 7, maxParticipants: 9 })).status, 201)
  await assertProblem(await make({ emptyTimeoutSeconds: 8, maxParticipants: 9 }), 400, 'bad_request')
  await assertProblem(await make({ emptyTimeoutSeconds: 7, maxParticipants: 10 }), 400, 'bad_request')
})

test('[L69] a control plane that is open to everybody answers only to names of this machine', async () => {
  const { app } = testControlPlane()
  for (const host of ['localhost', 'localhost:8080', '127.0.0.1:8080', '127.9.8.7', '[::1]:8080']) {
    assert.equal((await app.request(`http://${host}/v1/nodes`)).status, 200, host)
  }
  const strangers = ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '192.0.2.1', '[2001:db8::1]']
  for (const host of [...strangers, 'xlocalhost', '0.0.0.0']) {
    for (const path of ['/v1/nodes', '/metrics', '/none']) {
      const { detail } = await assertProblem(await app.request(`http://${host}${path}`), 403, 'forbidden')
      assert.match(detail, /AUTH_MODE/)
    }
  }
  const guests = testControlPlane(GUESTS)
  assert.equal((await guests.app.request('http://calls.example/health')).status, 200)
})

test('[L70] no answer of the API, good or bad, may be kept by a cache', async () => {
  const { app, post, make } = await guestPlane()
  const answers = [
    await make(),
    await post('/v1/rooms/tea/join', { displayName: 'Ada' }),
    await post('/v1/rooms/none/join', { displayName: 'Ada' }),
    await post('/v1/rooms', 'rubbish'),
    await app.request('/v1/rooms/tea'),
    await app.request('/v1/nodes'),
    await app.request('/v1/nodes', { headers: WITH_KEY }),
    await app.request('/v1/nodes/routes', { headers: WITH_KEY }),
    await app.request('/v1/none', { headers: WITH_KEY }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 200, 404, 400, 401, 401, 200, 200, 404],
  )
  for (const { headers } of answers) assert.equal(headers.get('cache-control'), 'no-store')
})

test('[L71] metrics and the summary are for who has a key, or comes past the proxies from inside', async () => {
  const status = async (env: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>) => {
    const { app } = testControlPlane({ ...GUESTS, ...env })
    const [metrics, stats] = [await app.request('/metrics', { headers }), await app.request('/stats', { headers })]
    assert.equal(metrics.status, stats.status)
    return metrics.status
  }
  const outside = { 'x-forwarded-for': '192.0.2.1' }
  for (const AUTH_MODE of ['guests', 'api-key']) {
    assert.equal(await status({ AUTH_MODE }, {}), 401)
    assert.equal(await status({ AUTH_MODE }, { 'x-forwarded-for': '' }), 401)
    assert.equal(await status({ AUTH_MODE, PROXY_HOPS: '1' }, outside), 401)
    assert.equal(await status({ AUTH_MODE, PROXY_HOPS: '1' }, { 'x-forwarded-for': '' }), 401)
    assert.equal(await status({ AUTH_MODE, PROXY_HOPS: '1' }, {}), 200)
    assert.equal(await status({ AUTH_MODE, PROXY_HOPS: '1' }, { ...outside, ...WITH_KEY }), 200)
  }
})

test('[L72] the page may connect only to where the media nodes are', async () => {
  const sources = async (env: Readonly<Record<string, string>>) => {
    const { headers } = await testControlPlane(env).app.request('/health')
    return /connect-src ([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1]
  }
  assert.equal(await sources({}), "'self' ws://localhost:* ws://127.0.0.1:*")
  assert.equal(await sources(GUESTS), "'self'")
  const set = { ...GUESTS, PAGE_CONNECT_SOURCES: 'wss://*.media.example.com, wss://calls.example/media/' }
  assert.equal(await sources(set), "'self' wss://*.media.example.com wss://calls.example/media/")
  for (const wrong of ["wss:; script-src 'unsafe-inline'", "'unsafe-inline'", 'https://evil.example', 'wss:']) {
    assert.throws(() => readSettings(controlPlaneSettings, { PAGE_CONNECT_SOURCES: wrong }), /PAGE_CONNECT_SOURCES/)
  }
})

test('[A60] rooms that guests only make fill no media node and start none, for nobody', async () => {
  const { make, post, registry } = await guestPlane({ RATE_LIMIT_PER_MINUTE: '10000', GUEST_ROOMS_PER_MINUTE: '1000' })
  for (let rooms = 0; rooms < 200; rooms += 1) assert.equal((await make({}, `192.0.2.${rooms}`)).status, 201)
  assert.equal((await make({}, '198.51.100.7')).status, 201)
  assert.equal((await post('/v1/rooms', {}, WITH_KEY)).status, 201)
  const [node] = await registry.alive()
  assert.deepEqual([node?.reservations, node?.firmReservations], [202, 1])
})

test('[A60] a burst of guests spreads over equal media nodes within one', async () => {
  const { make, registry } = await guestPlane({ RATE_LIMIT_PER_MINUTE: '10000', GUEST_ROOMS_PER_MINUTE: '1000' })
  for (const nodeId of ['node-2', 'node-3']) await registry.heartbeat(nodeReport(nodeId, { load: 0.1 }))
  await Promise.all(Array.from({ length: 100 }, () => make({})))
  const counts = (await registry.alive()).map(({ reservations }) => reservations)
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, counts.join(' '))
})

test('[A61] a room that leaves its media node counts where it goes, but not all those of one guest', async () => {
  const { make, post, registry } = await guestPlane({ RATE_LIMIT_PER_MINUTE: '10000', GUEST_ROOMS_PER_MINUTE: '1000' })
  const ids = Array.from({ length: 40 }, (_, index) => `room-${index}`)
  for (const roomId of ids) await make({ roomId })
  await registry.heartbeat(nodeReport('node-1', { draining: true }))
  await registry.heartbeat(nodeReport('node-2', { load: 0 }))
  for (const roomId of ids) assert.equal((await post(`/v1/rooms/${roomId}/join`, { displayName: 'Ada' })).status, 200)
  const moved = await registry.find('node-2')
  assert.deepEqual([moved?.reservations, moved?.firmReservations], [40, 30])
})
