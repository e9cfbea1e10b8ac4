import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { controlPlaneSettings } from '../../../control-plane/settings.ts'
import { mediaNodeSettings } from '../../../media-node/settings.ts'
import { readSettings } from '../../../shared/settings.ts'

const KEYS = ['0123456789abcdef', 'fedcba9876543210']
let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jbcalling-settings-'))
  await writeFile(join(folder, 'keys'), `${KEYS.join(',')}\n`)
  await writeFile(join(folder, 'nothing'), '\n')
})
after(() => rm(folder, { recursive: true }))

test('[C5] a setting may be in a file, whose last line end does not count', () => {
  const env = { AUTH_MODE: 'api-key', HOST: '0.0.0.0', API_KEYS_FILE: join(folder, 'keys') }
  assert.deepEqual(readSettings(controlPlaneSettings, env).API_KEYS, KEYS)
  const node = { STT_ENGINE: 'deepgram', DEEPGRAM_API_KEY_FILE: join(folder, 'keys') }
  assert.equal(readSettings(mediaNodeSettings, node).DEEPGRAM_API_KEY, KEYS.join(','))
})

test('[C5] a file with nothing in it counts as not set, as an empty value does', () => {
  const read = () =>
    readSettings(controlPlaneSettings, { AUTH_MODE: 'api-key', API_KEYS_FILE: join(folder, 'nothing') })
  assert.throws(read, /API_KEYS: AUTH_MODE=api-key needs at least one/)
  assert.equal(
    readSettings(mediaNodeSettings, { STT_HTTP_TOKEN_FILE: join(folder, 'nothing') }).STT_HTTP_TOKEN,
    undefined,
  )
})

test('[C5] a file that is missing, or set beside its value, is named with all else that is wrong, but not its path', () => {
  const missing = join(folder, 'missing')
  const env = {
    PORT: 'x',
    API_KEYS_FILE: missing,
    TURN_SECRET: 'a-secret-of-length',
    TURN_SECRET_FILE: join(folder, 'keys'),
  }
  assert.throws(
    () => readSettings(controlPlaneSettings, env),
    ({ message }: Error) => {
      for (const part of [
        'PORT: ',
        'API_KEYS_FILE: the file cannot be read',
        'TURN_SECRET_FILE: TURN_SECRET is set as well',
      ]) {
        assert.ok(message.includes(part), part)
      }
      return !message.includes(missing)
    },
  )
})

test('[C5] a setting whose own name ends so is no file of another', () => {
  const { SIGNING_KEY_FILE, SIGNING_KEY } = readSettings(controlPlaneSettings, {
    SIGNING_KEY_FILE: join(folder, 'missing'),
  })
  assert.deepEqual([SIGNING_KEY_FILE, SIGNING_KEY], [join(folder, 'missing'), undefined])
})

test('[C3] what settings lack of one another is told also when others are wrong by themselves', () => {
  const env = { PORT: 'x', HOST: '0.0.0.0', AUTH_MODE: 'open', TURN_URLS: 'turn:turn.example.com' }
  assert.throws(
    () => readSettings(controlPlaneSettings, env),
    ({ message }: Error) => ['PORT', 'AUTH_MODE', 'TURN_SECRET'].every((name) => message.includes(`  ${name}: `)),
  )
  const node = { PORT: 'x', STT_ENGINE: 'http', STT_FALLBACK: 'vosk', TRANSLATOR: 'libretranslate' }
  assert.throws(
    () => readSettings(mediaNodeSettings, node),
    ({ message }: Error) =>
      ['PORT', 'STT_HTTP_URL', 'VOSK_URL', 'LIBRETRANSLATE_URL'].every((name) => message.includes(`  ${name}: `)),
  )
})
