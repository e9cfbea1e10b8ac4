import assert from 'node:assert/strict'
import { test } from 'node:test'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { readSettings } from '../../../shared/settings.ts'

const read = (env: Readonly<Record<string, string>>) => readSettings(controlPlaneSettings, env)

test('[C1] every setting has a description', () => {
  for (const [name, schema] of Object.entries(controlPlaneSettings.shape)) assert.ok(schema.meta()?.description, name)
})

test('[C1] without any setting it is open, on loopback', () => {
  const { HOST, AUTH_MODE, API_KEYS } = read({})
  assert.deepEqual([HOST, AUTH_MODE, API_KEYS], ['127.0.0.1', 'open', []])
})

test('[C2] open to everybody is refused on an address that others can reach', () => {
  for (const HOST of ['127.0.0.1', '127.1.2.3', 'localhost', '::1']) assert.equal(read({ HOST }).AUTH_MODE, 'open')
  for (const HOST of ['0.0.0.0', '::', '192.0.2.1', '127.0.0.1.example', 'localhost.example']) {
    assert.throws(() => read({ HOST }), /AUTH_MODE: `open` is only for a loopback HOST/)
  }
})

test('[C2] api keys must be there and not be short', () => {
  assert.throws(() => read({ AUTH_MODE: 'api-key' }), /API_KEYS: AUTH_MODE=api-key needs at least one/)
  assert.throws(() => read({ AUTH_MODE: 'api-key', API_KEYS: 'short' }), /API_KEYS.*at least 16 characters/)
  const keys = ['0123456789abcdef', 'fedcba9876543210']
  assert.deepEqual(read({ AUTH_MODE: 'api-key', HOST: '0.0.0.0', API_KEYS: keys.join(' , ') }).API_KEYS, keys)
})

test('[C3] everything that is wrong is named at once, and no value is quoted', () => {
  const wrong = { PORT: 'secret', REDIS_URL: 'http://secret', DYNAMODB_ENDPOINT: 'secret', LOG_LEVEL: 'secret' }
  assert.throws(
    () => read(wrong),
    ({ message }: Error) => {
      for (const name of Object.keys(wrong)) assert.match(message, new RegExp(`^  ${name}: `, 'm'))
      assert.doesNotMatch(message, /secret/)
      return true
    },
  )
})
