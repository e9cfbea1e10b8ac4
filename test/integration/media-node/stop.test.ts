import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { type SigningKey, signJoinToken } from '../../../shared/token.ts'
import { MediaNodeProcess, serveKeys } from './media-node-process.ts'
import { TestClient } from './test-client.ts'
import { NODE_ID, signingKeys } from './test-node.ts'
import { until } from './until.ts'

async function servedKeys(t: TestContext): Promise<{ readonly key: SigningKey; readonly JWKS_URL: string }> {
  const { key, jwks } = await signingKeys()
  const { url, server } = await serveKeys(jwks)
  t.after(() => server.close())
  return { key, JWKS_URL: url }
}

async function startNode(t: TestContext, env: Readonly<Record<string, string>>) {
  const node = new MediaNodeProcess({ NODE_ID, ...env })
  t.after(() => node.child.kill('SIGKILL'))
  return { node, url: `ws://127.0.0.1:${await node.port()}/v1/signalling` }
}

function newToken(key: SigningKey): Promise<string> {
  return signJoinToken(key, {
    tokenId: randomUUID(),
    nodeId: NODE_ID,
    roomId: 'room',
    epoch: 1,
    participantId: 'somebody',
    displayName: 'Somebody',
    language: 'en',
    maxParticipants: 5,
    emptyTimeoutSeconds: 60,
    expiresAt: Date.now() + 60_000,
  })
}

/** A media node that runs as a process, and somebody in a room on it. */
async function inACall(t: TestContext, drainSeconds: number): Promise<{ node: MediaNodeProcess; client: TestClient }> {
  const { key, JWKS_URL } = await servedKeys(t)
  const { node, url } = await startNode(t, { JWKS_URL, DRAIN_DEADLINE_SECONDS: `${drainSeconds}` })
  const client = new TestClient(url, { token: await newToken(key) })
  await client.next('welcome')
  return { node, client }
}

test('[M70] SIGTERM lets calls move elsewhere, and ends the process with 0 when they have, also without a registry', async (t) => {
  const { node, client } = await inACall(t, 60)
  node.child.kill('SIGTERM')
  assert.equal((await client.next('migrate')).reason, 'draining')
  await client.request('leave', {})
  assert.equal(await node.exit(), 0)
})

test('[M70] SIGTERM with nowhere to move to, and SIGINT, tell everybody draining and end the process with 0', async (t) => {
  for (const [signal, drainSeconds] of [
    ['SIGTERM', 0],
    ['SIGINT', 60],
  ] as const) {
    const { node, client } = await inACall(t, drainSeconds)
    node.child.kill(signal)
    assert.deepEqual(await client.whenClosed(), { code: 4502, reason: 'draining' })
    assert.equal(await node.exit(), 0)
  }
})

test('[M71] a second signal ends the process at once', async (t) => {
  const { node, client } = await inACall(t, 60)
  node.child.kill('SIGTERM')
  await client.next('migrate')
  node.child.kill('SIGTERM')
  assert.equal(await node.exit(), 1)
})

test('[M72] settings that are wrong are all named, without their values, and the process ends with 1', async () => {
  const node = new MediaNodeProcess({ PORT: 'secret-port', MEDIA_PORT: '99999' })
  assert.equal(await node.exit(), 1)
  assert.match(node.stderr, /PORT: /)
  assert.match(node.stderr, /MEDIA_PORT: /)
  assert.doesNotMatch(node.stderr, /secret-port|99999/)
})

test('[M469] a token that was used before a media node started again is refused by it, and a new one is taken', async (t) => {
  const { key, JWKS_URL } = await servedKeys(t)
  const before = await startNode(t, { JWKS_URL })
  const token = await newToken(key)
  const issuedIn = Math.floor(Date.now() / 1_000)
  await new TestClient(before.url, { token }).next('welcome')
  before.node.child.kill('SIGKILL')
  await before.node.exit()
  await until(() => assert.ok(Math.floor(Date.now() / 1_000) > issuedIn, 'a token says the second only'))
  const again = await startNode(t, { JWKS_URL })
  assert.equal((await new TestClient(again.url, { token }).whenClosed()).reason, 'token_expired')
  await new TestClient(again.url, { token: await newToken(key) }).next('welcome')
})
