import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type NotificationHandlers, Signalling } from '../../../client/sdk/signalling.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'
import { resumed, welcome } from './greetings.ts'
import { ManualTimer } from './manual-timer.ts'
import { ScriptedSocket } from './scripted-socket.ts'

const LONG_MS = 60_000

function connect() {
  const socket = new ScriptedSocket()
  const clock = new ManualTimer()
  const heard: unknown[] = []
  const ends: CallError[] = []
  const ignore = () => {}
  const hear = (data: unknown) => heard.push(data)
  const handlers: NotificationHandlers = {
    welcome: ignore,
    'participant-joined': hear,
    'participant-changed': hear,
    'participant-left': hear,
    'captions-active': hear,
    'consumer-created': hear,
    'consumer-closed': hear,
    'consumer-paused': hear,
    'consumer-resumed': hear,
    'active-speakers': hear,
    caption: hear,
    'captions-status': hear,
    resumed: ignore,
    migrate: hear,
  }
  const signalling = new Signalling({ handlers, onBroken: (error) => ends.push(error), timer: clock.timer })
  signalling.connect(socket)
  socket.deliver({ event: 'welcome', data: welcome() })
  return { socket, clock, heard, ends, signalling }
}

const failsWith = (promise: Promise<unknown>, code: CallError['code']) =>
  assert.rejects(promise, (error) => error instanceof CallError && error.code === code)

test('answers find their requests in any order', async () => {
  const { socket, signalling } = connect()
  const ping = signalling.request('ping', {})
  const produce = signalling.request('close-producer', { producerId: 'p' })
  const [first, second] = socket.requests
  socket.deliver({ id: second?.id, data: {} })
  socket.deliver({ id: first?.id, error: { code: 'rate_limited', message: 'slower' } })
  await produce
  await failsWith(ping, 'rate_limited')
})

test('a request without an answer fails at its deadline, and a later answer changes nothing', async () => {
  const { socket, clock, ends, signalling } = connect()
  const ping = signalling.request('ping', {})
  clock.advance(LONG_MS)
  await failsWith(ping, 'request_timeout')
  socket.deliver({ id: socket.requests[0]?.id, data: {} })
  assert.deepEqual(ends, [])
})

test('an answer cancels the deadline of its request', async () => {
  const { socket, clock, signalling } = connect()
  const ping = signalling.request('ping', {})
  socket.deliver({ id: socket.requests[0]?.id, data: {} })
  await ping
  assert.equal(clock.waiting, 0)
})

test('when the connection breaks it is told once, with the reason of the media node', () => {
  const { socket, ends } = connect()
  socket.break(4410, 'room_closed')
  socket.break(1006, '')
  assert.deepEqual(
    ends.map(({ code }) => code),
    ['room_closed'],
  )
})

test('[W17] what was not answered when the connection broke is sent again on the next one, in order, with its id', async () => {
  const { socket, signalling } = connect()
  const answered = signalling.request('close-producer', { producerId: 'p1' })
  const first = signalling.request('close-producer', { producerId: 'p2' })
  socket.deliver({ id: socket.requests[0]?.id, data: {} })
  await answered
  socket.break(1006, '')
  const second = signalling.request('close-producer', { producerId: 'p3' })
  const next = new ScriptedSocket()
  signalling.connect(next)
  assert.equal(next.requests.length, 0)
  next.deliver({ event: 'resumed', data: resumed() })
  assert.deepEqual(next.requests[0], socket.requests[1])
  assert.deepEqual(next.requests[1]?.data, { producerId: 'p3' })
  assert.ok((next.requests[1]?.id ?? 0) > (next.requests[0]?.id ?? 0))
  for (const { id } of next.requests) next.deliver({ id, data: {} })
  await Promise.all([first, second])
})

test('[W17] a request has no deadline while there is no connection, and its whole one on the next', async () => {
  const { socket, clock, signalling } = connect()
  const request = signalling.request('leave', {}).catch(() => {})
  const pause = signalling.request('pause-producer', { producerId: 'p' })
  socket.break(1006, '')
  clock.advance(LONG_MS)
  const next = new ScriptedSocket()
  signalling.connect(next)
  next.deliver({ event: 'resumed', data: resumed() })
  assert.equal(clock.waiting, 1)
  clock.advance(LONG_MS)
  await failsWith(pause, 'request_timeout')
  await request
})

test('[W17] a ping fails with its connection, since it is about that one', async () => {
  const { socket, signalling } = connect()
  const ping = signalling.request('ping', {})
  socket.break(1006, '')
  await failsWith(ping, 'connection_lost')
})

test('[W17] a connection that another one took the place of is closed, and not listened to any more', () => {
  const { socket, heard, ends, signalling } = connect()
  signalling.connect(new ScriptedSocket())
  assert.equal(socket.isClosed, true)
  socket.deliver({ event: 'participant-left', data: { participantId: 'ada' } })
  socket.break(4420, 'replaced')
  assert.deepEqual([heard, ends], [[], []])
})

test('a connection that breaks without a reason was lost', () => {
  const { socket, ends } = connect()
  socket.break(1006, '')
  assert.equal(ends[0]?.code, 'connection_lost')
})

test('closing from this side fails what waits and tells nobody', async () => {
  const { socket, ends, signalling } = connect()
  const ping = signalling.request('ping', {})
  signalling.close()
  await failsWith(ping, 'connection_lost')
  await failsWith(signalling.request('ping', {}), 'connection_lost')
  assert.equal(socket.isClosed, true)
  assert.deepEqual(ends, [])
})

test('there is a limit to unanswered requests; past it a request fails and is not sent', async () => {
  const { socket, signalling } = connect()
  const sent = Array.from({ length: 128 }, () => signalling.request('ping', {}))
  await failsWith(signalling.request('ping', {}), 'rate_limited')
  assert.equal(socket.requests.length, 128)
  signalling.close()
  await Promise.allSettled(sent)
})

test('an answer of the wrong shape fails its request only', async () => {
  const { socket, ends, signalling } = connect()
  const receive = signalling.request('receive', { rtpCapabilities: {} })
  socket.deliver({ id: socket.requests[0]?.id, data: { consumers: 'all' } })
  await failsWith(receive, 'protocol_violation')
  assert.deepEqual(ends, [])
})

test('a notification is parsed before it is handed over', () => {
  const { socket, heard } = connect()
  socket.deliver({ event: 'participant-left', data: { participantId: 'ada', unknown: true } })
  assert.deepEqual(heard, [{ participantId: 'ada' }])
})

test('a notification that this client does not know is passed over', () => {
  const { socket, heard, ends } = connect()
  socket.deliver({ event: 'weather-changed', data: { sky: 'blue' } })
  assert.deepEqual([heard, ends], [[], []])
})

for (const [title, text] of [
  ['that is not JSON', '{'],
  ['that is binary', new ArrayBuffer(4)],
  ['that is no answer and no notification', '{"hello":"there"}'],
  ['whose data has the wrong shape', '{"event":"active-speakers","data":{"participantIds":"everybody"}}'],
] as const) {
  test(`a message ${title} ends the connection`, () => {
    const { socket, ends } = connect()
    socket.deliverText(text)
    assert.equal(ends[0]?.code, 'protocol_violation')
    assert.equal(socket.isClosed, true)
  })
}
