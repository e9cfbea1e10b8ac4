import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLaunchOptions } from '../../../dev/launch-options.mjs'
import { launchSettings } from '../../../dev/launch-settings.ts'

const defaults = { port: 8080, nodes: 1, verbose: false, help: false }

test('[E1] without options there is one media node and the page on port 8080', () => {
  assert.deepEqual(parseLaunchOptions([]), defaults)
})

test('[E1] options are read', () => {
  const args = ['--nodes', '2', '--port=9000', '--verbose']
  assert.deepEqual(parseLaunchOptions(args), { port: 9000, nodes: 2, verbose: true, help: false })
})

for (const args of [
  ['--nodes', '0'],
  ['--nodes', '1.5'],
  ['--port', 'http'],
  ['--port', '70000'],
  ['--colour'],
  ['two'],
]) {
  test(`[E1] "${args.join(' ')}" is refused by name`, () => {
    const wrong = parseLaunchOptions(args)
    assert.equal(typeof wrong, 'string')
    assert.ok(String(wrong).includes(args[0] ?? ''))
  })
}

test('[E2] REDIS_URL and DYNAMODB_ENDPOINT replace the embedded stores, with the account that belongs to them', () => {
  const given = { REDIS_URL: 'redis://r:1', DYNAMODB_ENDPOINT: 'http://d:2', AWS_REGION: 'eu-west-1' }
  const settings = launchSettings(defaults, given)
  assert.equal(settings.redisUrl, 'redis://r:1')
  assert.equal(settings.dynamoDbEndpoint, 'http://d:2')
  assert.equal(settings.awsAccount?.AWS_REGION, 'eu-west-1')
  const account = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c' }
  assert.partialDeepStrictEqual(launchSettings(defaults, { ...given, ...account }).awsAccount, account)
})

test('[E2] without them, or with empty ones, the embedded stores are used', () => {
  const settings = launchSettings(defaults, { REDIS_URL: '' })
  assert.equal(settings.redisUrl, undefined)
  assert.equal(settings.dynamoDbEndpoint, undefined)
})

test('[E2] a setting of the launcher that is wrong is refused by name', () => {
  assert.throws(() => launchSettings(defaults, { WORKERS: 'many' }), /WORKERS is not a whole number/)
})
