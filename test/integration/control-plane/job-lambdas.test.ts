import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { generateSigningKeys, readSigningKeys } from '../../../control-plane/signing-keys.ts'
import { BUNDLE_FILE } from '../../../infra-cdk/bundle-lambda.ts'
import { type Bundles, bundleLambdas } from '../../../infra-cdk/bundles.ts'
import { redisNodeRegistry } from '../../../shared/node-registry/redis-node-registry.ts'
import { nodeReport } from '../../unit/control-plane/test-control-plane.ts'
import { LambdaProcess } from './lambda-process.ts'
import { StoredSecret, startSecretsServer } from './secrets-server.ts'
import { startStores } from './stores.ts'

const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret']

describe('the Lambdas that look after the control plane', () => {
  let bundles: Bundles
  before(async () => {
    bundles = await bundleLambdas()
  })
  after(async () => {
    await Promise.all(Object.values(bundles).map((folder) => rm(folder, { recursive: true })))
  })

  async function rotation(t: TestContext, secret: StoredSecret) {
    const server = await startSecretsServer({ keys: secret })
    t.after(() => server.stop())
    const lambda = new LambdaProcess(join(bundles.rotation, BUNDLE_FILE), server.env)
    t.after(() => lambda.end())
    return (Step: string, token: string) => lambda.invoke({ Step, SecretId: 'keys', ClientRequestToken: token })
  }

  test('[K21] Secrets Manager rotates the secret as it was made: two keys come in, and each step may be repeated', async (t) => {
    const secret = new StoredSecret('a random string')
    const step = await rotation(t, secret)
    secret.beginRotation('turn-1')
    for (const name of STEPS) for (const _ of ['once', 'again']) await step(name, 'turn-1')
    const { current } = secret
    const { jwks } = await readSigningKeys(current ?? '')
    assert.equal(jwks.keys.length, 2)
    for (const name of STEPS) await step(name, 'turn-1')
    assert.equal(secret.current, current)
  })

  test('[K21] keys that nobody could know before they sign do not become current', async (t) => {
    const secret = new StoredSecret('a random string')
    const step = await rotation(t, secret)
    secret.beginRotation('turn-1')
    const alone = await generateSigningKeys()
    secret.answer('PutSecretValue', {
      SecretId: 'keys',
      ClientRequestToken: 'turn-1',
      SecretString: alone,
      VersionStages: ['AWSPENDING'],
    })
    await step('createSecret', 'turn-1')
    await assert.rejects(step('testSecret', 'turn-1'), /not published/)
  })

  test('[K21] a second rotation within a day is refused, and the keys stay as they are', async (t) => {
    const secret = new StoredSecret('a random string')
    const step = await rotation(t, secret)
    secret.beginRotation('turn-1')
    for (const name of STEPS) await step(name, 'turn-1')
    const { current } = secret
    secret.beginRotation('turn-2')
    await assert.rejects(step('createSecret', 'turn-2'), /rotated less than a day ago/)
    assert.equal(secret.current, current)
  })

  test('[O21] the fleet in Redis is written to the log as metrics of CloudWatch', async (t) => {
    const stores = await startStores()
    t.after(() => stores.stop())
    const registry = redisNodeRegistry({ url: stores.redis.url })
    t.after(() => registry.close())
    await registry.heartbeat({ ...nodeReport('node-1'), load: 0.25, rooms: 3 })
    const env = { REDIS_URL: stores.redis.url, STAGE: 'test' }
    const lambda = new LambdaProcess(join(bundles.fleetMetrics, BUNDLE_FILE), env)
    t.after(() => lambda.end())
    await lambda.invoke({})
    const { _aws, LoadRatio, MediaNodes, Rooms, Stage } = JSON.parse(lambda.log.at(-1) ?? '')
    assert.equal(_aws.CloudWatchMetrics[0].Namespace, 'JBCalling')
    assert.deepEqual([LoadRatio, MediaNodes, Rooms, Stage], [0.25, 1, 3, 'test'])
  })
})
