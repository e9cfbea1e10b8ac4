import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { until } from '../../swarm/until.ts'
import { startTurnServer, startWithout, TTL_MS } from './turn-server.ts'

const MEDIA_NODES = ['203.0.113.7', '198.51.100.10']
const FORBIDDEN = 403
const UNAUTHORIZED = 401
const UNSUPPORTED_TRANSPORT = 442
const WRONG_FAMILY = 443
const QUOTA_REACHED = 486
const USER_QUOTA = 64
const UNTIL_ENDED_MS = 10_000

test('[Z60] the TURN server relays to media nodes', async (t) => {
  const server = await startTurnServer(t, `${MEDIA_NODES[0]}, 198.51.100.8-198.51.100.15`)
  if (!server) return
  const client = server.join({})
  assert.equal((await client.allocate()).error, undefined)
  for (const address of MEDIA_NODES) assert.equal(await client.permit(address), undefined, address)
})

test('[Z60] and to nothing else: not to its own host, its own relays, networks inside, or anybody outside', async (t) => {
  const server = await startTurnServer(t, MEDIA_NODES.join(','))
  if (!server) return
  const client = server.join({})
  const { relayedAddress = '' } = await client.allocate()
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)
  const ipv4 = own.filter(({ family }) => family === 'IPv4').map(({ address }) => address)
  const others = ['0.0.0.0', '10.0.0.1', '169.254.169.254', '172.17.0.1', '192.168.0.1', '203.0.113.8', '8.8.8.8']
  for (const address of [relayedAddress, ...ipv4, ...others, '224.0.0.1', '255.255.255.255']) {
    assert.equal(await client.permit(address), FORBIDDEN, address)
  }
})

test('[Z60] nor to any of them by an IPv6 address, not even to a media node', async (t) => {
  const server = await startTurnServer(t, MEDIA_NODES.join(','))
  if (!server) return
  const client = server.join({})
  assert.equal((await client.allocate({ family: server.hasIpv6 ? 'ipv6' : 'ipv4' })).error, undefined)
  for (const address of [
    '::1',
    '::',
    'fd00::1',
    '2001:db8::7',
    '::ffff:203.0.113.7',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
  ]) {
    assert.equal(await client.permit(address), server.hasIpv6 ? FORBIDDEN : WRONG_FAMILY, address)
  }
})

test('[Z61] the TURN server opens no TCP connections', async (t) => {
  const server = await startTurnServer(t, MEDIA_NODES.join(','))
  if (!server) return
  assert.equal((await server.join({}).allocate({ transport: 'tcp' })).error, UNSUPPORTED_TRANSPORT)
})

test('[Z62] one caller has at most 64 relays in a room, however often it joins, and others are not counted with it', async (t) => {
  const server = await startTurnServer(t, MEDIA_NODES.join(','))
  if (!server) return
  const mine = async (joinedAt: number) => (await server.join({ joinedAt }).allocate()).error
  const now = Date.now()
  for (let opened = 0; opened < USER_QUOTA; opened++) assert.equal(await mine(now - opened * 100), undefined)
  assert.equal(await mine(now), QUOTA_REACHED)
  assert.equal(await mine(now - 10_000), QUOTA_REACHED, 'by another join')
  assert.equal((await server.join({ caller: '192.0.2.8' }).allocate()).error, undefined)
  assert.equal((await server.join({ roomId: 'retro' }).allocate()).error, undefined)
})

test('[Z63] credentials open relays until they end, and a relay that is open by then goes on', async (t) => {
  const server = await startTurnServer(t, MEDIA_NODES.join(','))
  if (!server) return
  const joinedAt = Date.now() - TTL_MS + 2_000
  const client = server.join({ joinedAt })
  assert.equal((await client.allocate()).error, undefined)
  await until('coturn takes these credentials for ended', UNTIL_ENDED_MS, async () => {
    const { error } = await server.join({ joinedAt, caller: '192.0.2.9' }).allocate()
    return error === UNAUTHORIZED ? true : undefined
  })
  assert.equal(await client.refresh(600), undefined)
  assert.equal(await client.permit('203.0.113.7'), undefined)
})

test('[Z64] coturn does not start without a media node to relay to, and says what is missing', async (t) => {
  for (const nothing of ['', ' , ', 'nowhere.invalid']) {
    const { code, said } = await startWithout(t, nothing)
    assert.equal(code, 1)
    assert.match(said, /TURN_MEDIA_ADDRESSES/)
  }
})

test('[Z64] a media node may be given by its name', async (t) => {
  const server = await startTurnServer(t, 'localhost,nowhere.invalid,203.0.113.7')
  if (!server) return
  const client = server.join({})
  await client.allocate()
  assert.equal(await client.permit('203.0.113.7'), undefined)
  assert.equal(await client.permit('127.0.0.1'), FORBIDDEN, 'not even where it is asked for')
})
