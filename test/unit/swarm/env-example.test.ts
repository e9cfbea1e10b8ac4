import assert from 'node:assert/strict'
import { test } from 'node:test'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { mediaNodeSettings } from '../../../media-node/settings.ts'
import { exampleSettings, readStack, STACK_TEXT, settingsOfStack } from './stack-file.ts'

/** What the stack or the images say, or what Traefik does instead, and nobody needs to set. */
const SET_BY_THE_STACK = [
  ...['HOST', 'PORT', 'TLS_FOLDER', 'PAGE_DIR', 'PAGE_CONNECT_SOURCES', 'PROXY_HOPS', 'SIGNING_KEY_FILE'],
  ...['NODE_ID', 'PUBLIC_URL', 'INTERNAL_URL', 'MEDIA_LISTEN_IP', 'MEDIA_PORT', 'WORKERS', 'JWKS_URL'],
  ...['METRICS_HOST', 'METRICS_PORT'],
  ...['POCKETSPHINX_MODELS', 'APERTIUM_MODES', 'TRANSCRIPT_SPOOL_DIR'],
]

/** In secrets: as files that make-secrets.sh makes. */
const SECRET = [
  ...[
    'API_KEYS',
    'SIGNING_KEY',
    'TURN_SECRET',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'STT_HTTP_TOKEN',
  ],
  ...['REDIS_URL', 'OPENAI_API_KEY', 'DEEPGRAM_API_KEY', 'LIBRETRANSLATE_API_KEY'],
]

test('[Z9] .env.example has every setting of stack.yml and no other, each once', () => {
  const names = exampleSettings().map(({ name }) => name)
  assert.deepEqual([...new Set(names)].sort(), settingsOfStack())
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  assert.deepEqual(twice, ['MEDIA_ADDRESS'], 'shown with an address and with a name')
})

test('[Z9] what is commented out in .env.example has the value that it has when it is not set', () => {
  for (const { name, value, isSet } of exampleSettings()) {
    const defaults = [...STACK_TEXT.matchAll(new RegExp(`\\$\\{${name}:-([^}]*)\\}`, 'g'))].map(([, other]) => other)
    const isExample = value.includes('example.com') || name === 'MEDIA_ADDRESS'
    if (!isSet && !isExample && name !== 'GRAFANA_DOMAIN') assert.deepEqual([...new Set(defaults)], [value], name)
  }
})

test('[Z9] without what must be set nothing is deployed', () => {
  const isSet = exampleSettings().filter((setting) => setting.isSet)
  for (const missing of ['VERSION', 'DOMAIN', 'ALLOWED_ORIGINS', 'SIGNALLING_URL', 'MEDIA_ADDRESS']) {
    const rest = isSet.filter(({ name }) => name !== missing).map(({ name, value }) => [name, value])
    assert.throws(() => readStack(Object.fromEntries(rest)), new RegExp(`${missing} must be set`))
  }
})

test('[Z9] every setting of the processes is for the operator to set, or set by the stack, or a secret', () => {
  const known = new Set([...exampleSettings().map(({ name }) => name), ...SET_BY_THE_STACK, ...SECRET])
  const settings = [...Object.keys(controlPlaneSettings.shape), ...Object.keys(mediaNodeSettings.shape)]
  assert.deepEqual(
    settings.filter((name) => !known.has(name)),
    [],
  )
})
