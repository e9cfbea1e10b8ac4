import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { createClient } from 'redis'
import { generateSigningKeys, readSigningKeys } from '../../../control-plane/signing-keys.ts'
import { PAGE_AUTHORIZATION } from '../../../control-plane/viewer-address.ts'
import { BUNDLE_FILE, bundleLambda } from '../../../infra-cdk/bundle-lambda.ts'
import { joinAnswer, problem } from '../../../shared/api.ts'
import { redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import { localKeys, verifyJoinToken } from '../../../shared/token.ts'
import { nodeReport } from '../../unit/control-plane/test-control-plane.ts'
import { httpEvent } from './http-event.ts'
import { LAMBDA_SOURCE, LambdaProcess } from './lambda-process.ts'
import { StoredSecret, startSecretsServer } from './secrets-server.ts'
import { startStores } from './stores.ts'

const KEY = 'lambda-key-0123456789'
const PAGE_KEY = 'page-key-01234567890'

describe('the control plane as a Lambda', () => {
  let stores: Awaited<ReturnType<typeof startStores>>
  let folder: string
  let signingKeys: string
  before(async () => {
    ;[stores, folder, signingKeys] = await Promise.all([
      startStores(),
      bundleLambda(LAMBDA_SOURCE),
      generateSigningKeys(),
    ])
  })
  after(async () => {
    await Promise.all([stores.stop(), rm(folder, { recursive: true })])
  })

  const settings = () => ({ ...stores.env, AUTH_MODE: 'api-key', LOG_LEVEL: 'silent' })

  async function bundled(t: TestContext): Promise<LambdaProcess> {
    const registry = redisNodeRegistry({ url: stores.redis.url })
    t.after(() => registry.close())
    await registry.heartbeat(nodeReport('node-1'))
    const env = { ...settings(), API_KEYS: KEY, SIGNING_KEY: signingKeys }
    const lambda = new LambdaProcess(join(folder, BUNDLE_FILE), env)
    t.after(() => lambda.end())
    return lambda
  }

  test('[P6] the bundle answers events of API Gateway: a room is made and joined, and errors are told', async (t) => {
    const lambda = await bundled(t)
    const created = await lambda.http(httpEvent('POST', '/v1/rooms', { key: KEY, body: { roomId: 'standup' } }))
    assert.equal(created.statusCode, 201)
    const join = { key: KEY, body: { displayName: 'Ada' } }
    const joined = await lambda.http(httpEvent('POST', '/v1/rooms/standup/join', join))
    assert.equal(joined.statusCode, 200)
    const { token, nodeId } = joinAnswer.parse(JSON.parse(joined.body))
    const keys = localKeys((await readSigningKeys(signingKeys)).jwks)
    assert.equal((await verifyJoinToken(token, { keys, nodeId: 'node-1', now: Date.now() })).roomId, 'standup')
    assert.equal(nodeId, 'node-1')
    const ready = await lambda.http(httpEvent('GET', '/ready'))
    assert.deepEqual(JSON.parse(ready.body), { ready: true, registry: 'ok', roomStore: 'ok' })
    const refusals: readonly [ReturnType<typeof httpEvent>, number, string][] = [
      [httpEvent('GET', '/v1/none', { key: KEY }), 404, 'not_found'],
      [httpEvent('POST', '/v1/rooms/standup/join', { body: {} }), 401, 'unauthorized'],
      [httpEvent('POST', '/v1/rooms/standup/join', { key: KEY, body: { displayName: 5 } }), 400, 'bad_request'],
      [httpEvent('POST', '/v1/rooms', { key: KEY, body: { roomId: 'standup' } }), 409, 'room_exists'],
    ]
    for (const [event, status, code] of refusals) {
      const refused = await lambda.http(event)
      assert.equal(refused.statusCode, status)
      assert.equal(problem.parse(JSON.parse(refused.body)).code, code)
      assert.equal(refused.headers['content-type'], 'application/problem+json')
    }
  })

  test('[P20] a call after a freeze in which the connection to Redis broke is answered as any other', async (t) => {
    const lambda = await bundled(t)
    const admin = createClient({ url: stores.redis.url })
    await admin.connect()
    t.after(() => admin.destroy())
    const made = await lambda.http(httpEvent('POST', '/v1/rooms', { key: KEY, body: { roomId: 'before' } }))
    assert.equal(made.statusCode, 201)
    lambda.freeze()
    await admin.sendCommand(['CLIENT', 'KILL', 'SKIPME', 'yes', 'TYPE', 'normal'])
    const answer = lambda.http(httpEvent('POST', '/v1/rooms', { key: KEY, body: { roomId: 'after' } }))
    lambda.thaw()
    assert.equal((await answer).statusCode, 201)
  })

  test('[P6] its keys come from Secrets Manager, and a secret that is missing is named', async (t) => {
    const secrets = await startSecretsServer({
      signing: new StoredSecret(signingKeys),
      operator: new StoredSecret(KEY),
      page: new StoredSecret(PAGE_KEY),
    })
    t.after(() => secrets.stop())
    const env = { ...secrets.env, ...settings(), SIGNING_KEY_SECRET: 'signing', API_KEY_SECRETS: 'operator,page' }
    const lambda = new LambdaProcess(LAMBDA_SOURCE, env)
    t.after(() => lambda.end())
    const published = await lambda.http(httpEvent('GET', '/.well-known/jwks.json'))
    assert.deepEqual(JSON.parse(published.body), (await readSigningKeys(signingKeys)).jwks)
    for (const key of [KEY, PAGE_KEY]) {
      assert.equal((await lambda.http(httpEvent('GET', '/v1/nodes', { key }))).statusCode, 200)
    }
    const without = new LambdaProcess(LAMBDA_SOURCE, { ...env, API_KEY_SECRETS: 'none' })
    await assert.rejects(without.invoke(httpEvent('GET', '/health')), /The secret none cannot be read/)
  })

  test('[L8] those who come by the page have an allowance each, and nobody has another one by saying so', async (t) => {
    const secrets = await startSecretsServer({
      signing: new StoredSecret(signingKeys),
      page: new StoredSecret(PAGE_KEY),
    })
    t.after(() => secrets.stop())
    const guests = { AUTH_MODE: 'guests', RATE_LIMIT_PER_MINUTE: '1' }
    const keys = { SIGNING_KEY_SECRET: 'signing', PAGE_KEY_SECRET: 'page' }
    const lambda = new LambdaProcess(LAMBDA_SOURCE, { ...secrets.env, ...settings(), ...guests, ...keys })
    t.after(() => lambda.end())
    const from = async (viewer: string, pageKey: string) => {
      const headers = { 'x-forwarded-for': `${viewer}, 198.51.100.1`, [PAGE_AUTHORIZATION]: `Bearer ${pageKey}` }
      return (await lambda.http(httpEvent('GET', '/v1/rooms/none', { headers }))).statusCode
    }
    assert.equal(await from('192.0.2.7', PAGE_KEY), 401)
    assert.equal(await from('192.0.2.7', PAGE_KEY), 429)
    assert.equal(await from('192.0.2.8', PAGE_KEY), 401)
    assert.equal(await from('192.0.2.9', 'guessed-0123456789'), 401)
    assert.equal(await from('192.0.2.10', 'guessed-0123456789'), 429)
  })

  test('[P6] it does not start open to everybody, nor with a key of its own', async () => {
    assert.match(await new LambdaProcess(LAMBDA_SOURCE, {}).end(), /AUTH_MODE: `open` is only for a loopback HOST/)
    const env = { AUTH_MODE: 'api-key', API_KEYS: KEY }
    assert.match(await new LambdaProcess(LAMBDA_SOURCE, env).end(), /A Lambda needs SIGNING_KEY/)
  })
})
