import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { iceServersFor } from '../../../control-plane/ice-servers.ts'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { joinAnswer } from '../../../shared/api.ts'
import { readSettings } from '../../../shared/settings.ts'
import { ADDRESS_HEADER, nodeReport, testControlPlane } from './test-control-plane.ts'

const TURN_SECRET = 'north-of-the-river'
const TURN_URLS = 'turn:turn.example.com:3478?transport=udp, turns:turn.example.com:5349'
const WITH_TURN = { TURN_URLS, TURN_SECRET, TURN_TTL_SECONDS: '3600' }

/** A control plane with rooms named `standup` and `retro`, and who the TURN servers take each of its joiners for. */
async function planeWithRooms(env: Readonly<Record<string, string>>) {
  const plane = testControlPlane(env)
  await plane.registry.heartbeat(nodeReport('node-1'))
  const asServer = env['API_KEYS'] === undefined ? {} : { authorization: `Bearer ${env['API_KEYS']}` }
  for (const roomId of ['standup', 'retro']) await plane.post('/v1/rooms', { roomId }, asServer)
  const join = async (roomId: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await plane.post(`/v1/rooms/${roomId}/join`, { displayName: 'Ada' }, headers)
    return joinAnswer.parse(await answer.json())
  }
  const relayUser = async (roomId: string, headers: Readonly<Record<string, string>> = {}) => {
    const [server] = (await join(roomId, headers)).iceServers
    return server?.username?.split(':')[1]
  }
  return { ...plane, join, relayUser, asServer }
}

test('[R36] a join answers the TURN servers with credentials that end by themselves', async () => {
  const { join, clock } = await planeWithRooms(WITH_TURN)
  const [server, ...others] = (await join('standup')).iceServers
  const [expiry, name = ''] = server?.username?.split(':') ?? []
  const credential = createHmac('sha1', TURN_SECRET).update(`${expiry}:${name}`).digest('base64')
  const urls = ['turn:turn.example.com:3478?transport=udp', 'turns:turn.example.com:5349']
  assert.deepEqual([server, ...others], [{ urls, username: `${expiry}:${name}`, credential }])
  assert.equal(Number(expiry), Math.floor(clock.now() / 1_000) + 3_600)
})

test('[R36] the credential is the one that coturn computes for this name and secret', () => {
  const settings = readSettings(controlPlaneSettings, WITH_TURN)
  const [server] = iceServersFor(settings, { roomId: 'standup', caller: '192.0.2.1' }, 1_700_000_000_000)
  // By OpenSSL: printf '["relay-name","standup","192.0.2.1"]' | openssl dgst -sha256 -hmac north-of-the-river -binary | basenc --base64url
  assert.equal(server?.username, '1700003600:fgs1MwENY21EB-506c5J-8')
  // By OpenSSL: printf '1700003600:fgs1MwENY21EB-506c5J-8' | openssl dgst -sha1 -hmac north-of-the-river -binary | base64
  assert.equal(server?.credential, 'oiMXM4G/8qyEQa8EzT4Jukno5CQ=')
})

test('[R90] a caller has one name at the TURN servers for each room, however often it joins', async () => {
  const { relayUser, clock, registry } = await planeWithRooms({ ...WITH_TURN, AUTH_MODE: 'guests' })
  const from = (address: string) => ({ [ADDRESS_HEADER]: address })
  const first = await relayUser('standup', from('192.0.2.7'))
  clock.advance(90_000)
  await registry.heartbeat(nodeReport('node-1'))
  assert.equal(await relayUser('standup', from('192.0.2.7')), first)
  assert.equal(await relayUser('standup', from('::ffff:192.0.2.7')), first)
  assert.notEqual(await relayUser('retro', from('192.0.2.7')), first)
  assert.notEqual(await relayUser('standup', from('192.0.2.8')), first)
})

test('[R90] all addresses of an IPv6 /64 are one caller to the TURN servers', async () => {
  const { relayUser } = await planeWithRooms({ ...WITH_TURN, AUTH_MODE: 'guests' })
  const first = await relayUser('standup', { [ADDRESS_HEADER]: '2001:db8:1:2::7' })
  assert.equal(await relayUser('standup', { [ADDRESS_HEADER]: '2001:db8:1:2:ffff::1' }), first)
  assert.notEqual(await relayUser('standup', { [ADDRESS_HEADER]: '2001:db8:1:3::7' }), first)
})

test("[R91] behind a server with a key each participant is counted alone, since the address is everybody's", async () => {
  const env = { ...WITH_TURN, AUTH_MODE: 'api-key', API_KEYS: '0123456789abcdef' }
  const { relayUser, asServer } = await planeWithRooms(env)
  assert.notEqual(await relayUser('standup', asServer), await relayUser('standup', asServer))
})

test('[R92] the name at the TURN servers tells neither the room nor the address, and cannot be found without the secret', async () => {
  const named = async (TURN_SECRET: string) =>
    (await planeWithRooms({ ...WITH_TURN, AUTH_MODE: 'guests', TURN_SECRET })).relayUser('standup')
  const name = await named(TURN_SECRET)
  assert.match(name ?? '', /^[\w-]{22}$/)
  assert.notEqual(await named('south-of-the-river'), name)
})

test('[R36] without TURN servers a join answers none', async () => {
  const iceServersWith = async (env: Readonly<Record<string, string>>) =>
    (await (await planeWithRooms(env)).join('standup')).iceServers
  assert.deepEqual(await iceServersWith({}), [])
  assert.deepEqual(await iceServersWith({ TURN_SECRET }), [])
})

test('[C60] credentials for TURN are good for four hours where nothing else is set', () => {
  assert.equal(readSettings(controlPlaneSettings, {}).TURN_TTL_SECONDS, 14_400)
})

test('[C4] TURN servers need a secret that is not short, and must be TURN servers', () => {
  const read = (env: Readonly<Record<string, string>>) => () => readSettings(controlPlaneSettings, env)
  assert.throws(read({ TURN_URLS }), /TURN_SECRET: TURN_URLS needs it/)
  assert.throws(read({ TURN_URLS, TURN_SECRET: 'short' }), /TURN_SECRET: needs at least 16 characters/)
  for (const url of [
    'stun:turn.example.com',
    'https://turn.example.com',
    'turn:',
    'turn:a b',
    'turn:a?transport=tls',
  ]) {
    assert.throws(read({ TURN_URLS: url, TURN_SECRET }), /TURN_URLS/, url)
  }
})
