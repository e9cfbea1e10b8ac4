import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { generateSigningKeys } from '../../../control-plane/signing-keys.ts'
import { joinAnswer, problem } from '../../../shared/api.ts'
import { redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import { nodeReport } from '../../unit/control-plane/test-control-plane.ts'
import { startStores } from './stores.ts'

const KEY = 'lambda-key-0123456789'
const answers = z.array(z.object({ statusCode: z.int(), headers: z.record(z.string(), z.string()), body: z.string() }))

/** An event as API Gateway's HTTP API (payload format 2.0) sends it. */
function event(method: string, path: string, body?: unknown) {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      host: 'api.example',
      'x-forwarded-for': '198.51.100.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'r3pmxmplak',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '198.51.100.1', userAgent: 'test' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: '$default',
      stage: '$default',
      time: '10/Mar/2026:05:16:23 +0000',
      timeEpoch: 1_773_119_783_000,
    },
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
  }
}

async function runLambda(env: Readonly<Record<string, string>>, events: readonly unknown[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lambda-run.ts')], { env: { ...env } })
  child.stdin.on('error', () => undefined)
  child.stdin.end(JSON.stringify(events))
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { output, errors }
}

describe('the control plane as a Lambda', () => {
  let stores: Awaited<ReturnType<typeof startStores>>
  before(async () => {
    stores = await startStores()
  })
  after(() => stores.stop())

  test('[P6] events of API Gateway make and join a room', async (t) => {
    const registry = redisNodeRegistry({ url: stores.redis.url })
    t.after(() => registry.close())
    await registry.heartbeat(nodeReport('node-1'))
    const env = {
      ...stores.env,
      AUTH_MODE: 'api-key',
      API_KEYS: KEY,
      SIGNING_KEY: await generateSigningKeys(),
      LOG_LEVEL: 'silent',
    }
    const { output } = await runLambda(env, [
      event('POST', '/v1/rooms', { roomId: 'standup' }),
      event('POST', '/v1/rooms/standup/join', { displayName: 'Ada' }),
      event('GET', '/v1/none'),
    ])
    const [created, joined, none] = answers.parse(JSON.parse(output))
    assert.equal(created?.statusCode, 201)
    assert.equal(joined?.statusCode, 200)
    assert.equal(joinAnswer.parse(JSON.parse(joined.body)).nodeId, 'node-1')
    assert.equal(none?.statusCode, 404)
    assert.equal(problem.parse(JSON.parse(none.body)).code, 'not_found')
    assert.equal(none.headers['content-type'], 'application/problem+json')
  })

  test('[P6] it does not start open to everybody, nor with a key of its own', async () => {
    assert.match((await runLambda({}, [])).errors, /AUTH_MODE: `open` is only for a loopback HOST/)
    const { errors } = await runLambda({ AUTH_MODE: 'api-key', API_KEYS: KEY }, [])
    assert.match(errors, /A Lambda needs SIGNING_KEY/)
  })
})
