import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mediaNodeSettings } from '../../../media-node/settings.ts'
import { ENGINE_NAMES, engineOf } from '../../../media-node/speech-to-text-settings.ts'
import { readSettings, SettingsError } from '../../../shared/settings.ts'

const SECRETS = { STT_HTTP_TOKEN: 'secret-a', OPENAI_API_KEY: 'secret-b', DEEPGRAM_API_KEY: 'secret-c' }
const COMPLETE = {
  ...SECRETS,
  STT_HTTP_URL: 'http://speech.test/api/v1/transcribe-stream',
  VOSK_URL: 'ws://speech.test:2700',
  TRANSCRIBE_REGION: 'eu-west-1',
}

for (const [engine, setting] of [
  ['http', 'STT_HTTP_URL'],
  ['openai-realtime', 'OPENAI_API_KEY'],
  ['deepgram', 'DEEPGRAM_API_KEY'],
  ['vosk', 'VOSK_URL'],
  ['amazon-transcribe', 'TRANSCRIBE_REGION'],
] as const) {
  test(`[G81] the engine ${engine} is neither started nor a fall-back without ${setting}`, () => {
    const { [setting]: _, ...others } = COMPLETE
    assert.throws(
      () => read({ ...others, STT_ENGINE: engine }),
      new RegExp(`${setting}: STT_ENGINE=${engine} needs it`),
    )
    assert.throws(
      () => read({ ...others, STT_FALLBACK: engine }),
      new RegExp(`${setting}: STT_FALLBACK=${engine} needs it`),
    )
  })
}

test('[G81] all that is wrong is told at once, and no value is quoted', () => {
  const wrong = {
    ...SECRETS,
    STT_ENGINE: 'vosk',
    PORT: 'secret-d',
    STT_HTTP_URL: 'secret-e',
    STT_LANGUAGES: 'secret f',
  }
  assert.throws(
    () => read(wrong),
    (error) => {
      assert.ok(error instanceof SettingsError)
      for (const name of ['VOSK_URL', 'PORT', 'STT_HTTP_URL', 'STT_LANGUAGES'])
        assert.match(error.message, new RegExp(name))
      assert.doesNotMatch(error.message, /secret/)
      return true
    },
  )
})

test('[G81] each engine gets its own settings, and a server of the flat shape needs no key', () => {
  const settings = read({ ...COMPLETE, STT_LANGUAGES: 'en=en-US, pt=pt-BR', STT_VOCABULARY: 'Opus, mediasoup' })
  for (const name of ENGINE_NAMES) assert.equal(engineOf(settings, name).name, name)
  const deepgram = engineOf(settings, 'deepgram')
  assert.ok(deepgram.name === 'deepgram')
  assert.deepEqual(deepgram.languages, { en: 'en-US', pt: 'pt-BR' })
  assert.deepEqual(deepgram.vocabulary, ['Opus', 'mediasoup'])
  assert.equal(deepgram.apiKey, 'secret-c')
  const { OPENAI_API_KEY: _, ...withoutKey } = COMPLETE
  const flat = read({ ...withoutKey, STT_ENGINE: 'openai-realtime', OPENAI_REALTIME_SHAPE: 'flat' })
  assert.equal(engineOf(flat, 'openai-realtime').name, 'openai-realtime')
})

const read = (env: Readonly<Record<string, string>>) => readSettings(mediaNodeSettings, env)
