import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { iceServersFor } from '../../../control-plane/ice-servers.ts'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { joinAnswer } from '../../../shared/api.ts'
import { readSettings } from '../../../shared/settings.ts'
import { nodeReport, testControlPlane } from './test-control-plane.ts'

const TURN_SECRET = 'north-of-the-river'
const TURN_URLS = 'turn:turn.example.com:3478?transport=udp, turns:turn.example.com:5349'
const WITH_TURN = { TURN_URLS, TURN_SECRET, TURN_TTL_SECONDS: '3600' }

async function joined(env: Readonly<Record<string, string>>) {
  const plane = testControlPlane(env)
  await plane.registry.heartbeat(nodeReport('node-1'))
  await plane.post('/v1/rooms', { roomId: 'standup' })
  const answer = await plane.post('/v1/rooms/standup/join', { displayName: 'Ada' })
  return { ...joinAnswer.parse(await answer.json()), now: plane.clock.now() }
}

test('[R36] a join answers the TURN servers with credentials for this participant that end by themselves', async () => {
  const { iceServers, participantId, now } = await joined(WITH_TURN)
  const username = `${Math.floor(now / 1_000) + 3_600}:${participantId}`
  const credential = createHmac('sha1', TURN_SECRET).update(username).digest('base64')
  const urls = ['turn:turn.example.com:3478?transport=udp', 'turns:turn.example.com:5349']
  assert.deepEqual(iceServers, [{ urls, username, credential }])
})

test('[R36] the credential is the one that coturn computes for this name and secret', () => {
  // By OpenSSL: printf '1700003600:ada' | openssl dgst -sha1 -hmac north-of-the-river -binary | base64
  const [server] = iceServersFor(readSettings(controlPlaneSettings, WITH_TURN), 'ada', 1_700_000_000_000)
  assert.equal(server?.username, '1700003600:ada')
  assert.equal(server?.credential, '6ej9uezdzGWj03X/Ys66KzAM+sM=')
})

test('[R36] without TURN servers a join answers none', async () => {
  assert.deepEqual((await joined({})).iceServers, [])
  assert.deepEqual((await joined({ TURN_SECRET })).iceServers, [])
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
