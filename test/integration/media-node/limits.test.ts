import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, test } from 'node:test'
import { capabilities, opus } from './rtp.ts'
import { type Joined, TestNode } from './test-node.ts'
import { until, within } from './until.ts'

/** Each has a media node of its own, with limits that a few connections reach. */
let node: TestNode
const sockets = new Set<Socket>()
const start = async (env: Readonly<Record<string, string>>) => {
  node = await TestNode.start({ CONNECTIONS_PER_SECOND_PER_ADDRESS: '1000', ...env })
}
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await node.empty()
  await node.close()
})

/** A connection that says nothing by itself. */
function rawSocket(localAddress: string): Socket {
  const socket = connect({ port: node.node.port, host: '127.0.0.1', localAddress, allowHalfOpen: true })
  socket.on('error', () => undefined)
  sockets.add(socket)
  return socket
}

const UPGRADE = [
  'GET /v1/signalling HTTP/1.1',
  'Host: node',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: jbcalling.v1',
].join('\r\n')

const elsewhere = { localAddress: '127.0.0.2' }

async function leave({ client }: Joined): Promise<void> {
  await client.request('leave', {})
  await client.whenClosed()
}

test('[M452] whoever is refused an upgrade is cut off, however long they keep their side open', async () => {
  await start({ MAX_CONNECTIONS_PER_ADDRESS: '1' })
  await node.join()
  const socket = rawSocket('127.0.0.1')
  socket.write(`${UPGRADE}\r\n\r\n`)
  const [answer] = await within('the refusal', once(socket, 'data'))
  assert.match(String(answer), /^HTTP\/1\.1 429 Too Many Requests\r\n[\s\S]*\r\nRetry-After: 1\r\n[\s\S]*rate_limited$/)
  await within('the end', once(socket, 'end'))
  const gone = new Promise((resolve) => socket.once('close', resolve))
  const nag = setInterval(() => socket.write('x'), 10)
  await within('the socket to be gone', gone).finally(() => clearInterval(nag))
  assert.equal(node.node.counts().connections, 1)
})

test('[M453] sockets that send no request are cut off beyond a bound for each address, and others get in', async () => {
  await start({ MAX_CONNECTIONS_PER_ADDRESS: '1' })
  const silent = Array.from({ length: 101 }, () => rawSocket('127.0.0.1'))
  await Promise.all(silent.map((socket) => socket.connecting && once(socket, 'connect')))
  const oneMore = rawSocket('127.0.0.1')
  await within('the socket to be cut off', Promise.race([once(oneMore, 'end'), once(oneMore, 'close')]))
  await node.join({}, elsewhere)
  assert.match(await node.node.metrics(), /jbcalling_connections_refused_total\{reason="socket"\} 1\n/)
})

test('[M454] behind a proxy the caller is who the proxy saw, not what a client says, and an IPv6 /64 is one caller', async () => {
  await start({ MAX_CONNECTIONS_PER_ADDRESS: '1', PROXY_HOPS: '1' })
  const by = (forwardedFor: string) => ({ forwardedFor })
  const refused = { status: 429, retryAfter: '1' }
  await node.join({}, by('203.0.113.1'))
  assert.deepEqual(await node.refusedUpgrade(await node.token(), by('198.51.100.9, 203.0.113.1')), refused)
  await node.join({}, by('203.0.113.2'))
  await node.join({}, by('2001:db8::1'))
  assert.deepEqual(await node.refusedUpgrade(await node.token(), by('2001:db8::2')), refused)
  await node.join({}, by('2001:db8:0:1::2'))
})

test('[M454] without a proxy nothing is believed that a client says of its address', async () => {
  await start({ MAX_CONNECTIONS_PER_ADDRESS: '1' })
  await node.join({}, { forwardedFor: '203.0.113.1' })
  const answer = await node.refusedUpgrade(await node.token(), { forwardedFor: '203.0.113.2' })
  assert.equal(answer.status, 429)
})

test('[M455] connections without a good token take no place of those with one', async () => {
  await start({ MAX_CONNECTIONS: '1', MAX_WAITING_CONNECTIONS: '8' })
  for (const localAddress of ['127.0.0.3', '127.0.0.4', '127.0.0.5']) {
    const socket = rawSocket(localAddress)
    socket.write(`${UPGRADE}\r\n\r\n`)
    await within('the upgrade', once(socket, 'data'))
    socket.pause()
  }
  await node.join({}, elsewhere)
  assert.equal((await node.refusedUpgrade(await node.token(), elsewhere)).status, 503)
})

test('[M458] beyond MAX_PARTICIPANTS whoever is new is refused with no_capacity, and whoever comes back is let in', async () => {
  await start({ MAX_PARTICIPANTS: '2' })
  const one = await node.join({ participantId: 'one' })
  const two = await node.join({ participantId: 'two', roomId: 'another' })
  assert.equal(await node.refusal(await node.token()), 'no_capacity')
  assert.equal(await node.refusal(await node.token({ roomId: 'third' })), 'no_capacity')
  assert.equal(node.node.counts().rooms, 2, 'no room opens for somebody who is refused')
  one.client.socket.terminate()
  await until(() => assert.equal(node.node.counts().suspendedParticipants, 1))
  await node.open(undefined, { resumeToken: one.welcome.resumeToken }).next('resumed')
  await node.join({ participantId: 'two', roomId: 'another' })
  assert.equal((await two.client.whenClosed()).reason, 'replaced')
})

test('[M459] so many join from one address at once and a minute, and others are not kept out', async () => {
  await start({ JOINS_PER_MINUTE_PER_ADDRESS: '3' })
  for (let joined = 0; joined < 3; joined++) await leave(await node.join())
  assert.equal(await node.refusal(await node.token()), 'rate_limited')
  await node.join({}, elsewhere)
  node.clock.advance(20_000)
  await leave(await node.join())
  assert.equal(await node.refusal(await node.token()), 'rate_limited')
})

test('[M460] of one room so many are of one address, in other rooms and from other addresses more', async () => {
  await start({ MAX_PARTICIPANTS_PER_ADDRESS_AND_ROOM: '2' })
  await node.join()
  const second = await node.join()
  assert.equal(await node.refusal(await node.token()), 'rate_limited')
  await node.join({ roomId: 'another' })
  await node.join({}, elsewhere)
  await leave(second)
  await node.join()
})

const rooms = () => node.node.counts().rooms
const openAndLeave = async (roomId: string, options = {}) =>
  leave(await node.join({ roomId, emptyTimeoutSeconds: 86_400 }, options))

test('[M461] of the empty rooms that one address opened the oldest closes, those of others stay', async () => {
  await start({ MAX_EMPTY_ROOMS_PER_ADDRESS: '2' })
  const here = await node.join({ roomId: 'in-use' })
  await openAndLeave('others', elsewhere)
  for (const roomId of ['a', 'b', 'c', 'd']) {
    await openAndLeave(roomId)
    node.clock.advance(1)
  }
  assert.equal(rooms(), 4)
  await here.client.request('ping', {})
  node.clock.advance(600_000)
})

test('[M461] an empty room is held no longer than the media node allows, whatever its token says', async () => {
  await start({ EMPTY_ROOM_SECONDS: '5' })
  await openAndLeave('held')
  node.clock.advance(4_999)
  assert.equal(rooms(), 1)
  node.clock.advance(1)
  assert.equal(rooms(), 0)
})

test('[M462] beyond MAX_ROOMS the room that has been empty for longest gives way, and without one no room opens', async () => {
  await start({ MAX_ROOMS: '2' })
  await openAndLeave('first')
  node.clock.advance(1)
  await openAndLeave('second', elsewhere)
  await node.join({ roomId: 'third' })
  await node.join({ roomId: 'fourth' })
  assert.equal(rooms(), 2)
  assert.equal(await node.refusal(await node.token({ roomId: 'fifth' })), 'no_capacity')
  await node.join({ roomId: 'third' })
})

test('[M464] requests weigh what they cost: beyond it they are answered rate_limited, and may be sent again later', async () => {
  await start({})
  const { client } = await node.join()
  const ask = async (id: number) => JSON.stringify(await client.sendAs(id, { method: 'set-speech', data: {} }))
  const answers: string[] = []
  for (let id = 1; id <= 40; id++) answers.push(await ask(id))
  const done = answers.filter((answer) => answer.includes('"data"')).length
  assert.ok(done > 5 && done < 20, `${done} were done`)
  assert.match(answers.at(-1) ?? '', /"code":"rate_limited"/)
  await client.request('ping', {})
  node.clock.advance(1_000)
  assert.equal(await ask(40), '{"id":40,"data":{}}')
})

test('[M465] an answer that is given again weighs as much as one that is given first', async () => {
  await start({})
  const { client } = await node.join()
  await client.request('produce', { kind: 'audio', source: 'microphone', rtpParameters: opus(1) })
  const another = await node.connect()
  await another.next('welcome')
  const answers: string[] = []
  for (let again = 0; again < 30; again++) {
    const answer = await another.sendAs(7, { method: 'receive', data: { rtpCapabilities: capabilities } })
    answers.push(JSON.stringify(answer))
  }
  assert.match(answers[0] ?? '', /"consumers":\[\{/)
  assert.equal(answers[1], answers[0])
  assert.match(answers.at(-1) ?? '', /"code":"rate_limited"/)
})

test('[M468] a token that was issued before the media node started is refused with token_expired', async () => {
  await start({})
  assert.equal(await node.refusal(await node.token({ expiresAt: node.clock.now() + 59_000 })), 'token_expired')
  await node.join()
})
