import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AmazonTranslate } from '../../../media-node/captions/translation/amazon-translate.ts'
import type { Clock } from '../../../shared/clock.ts'
import { amazonTranslate } from '../../translation-servers/amazon-translate-dialect.ts'
import { type Dialect, TranslationServer } from '../../translation-servers/translation-server.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { httpTranslatorContract } from './http-translator-contract.ts'
import { kindOf } from './translator-contract.ts'

const ACCOUNT = { AWS_ACCESS_KEY_ID: 'someone', AWS_SECRET_ACCESS_KEY: 'secret-key', AWS_EC2_METADATA_DISABLED: 'true' }
Object.assign(process.env, ACCOUNT)

const create = (endpoint: string, clock: Clock = new SettableClock()) =>
  new AmazonTranslate({ region: 'eu-central-1', endpoint }, clock)
const request = { text: 'the house', from: 'en', to: 'es', signal: new AbortController().signal }

httpTranslatorContract({ dialect: amazonTranslate, create })

test('[G116] without credentials Amazon Translate is refused, and it is not even asked', async () => {
  const server = await TranslationServer.start(amazonTranslate)
  const nobody = { AWS_SHARED_CREDENTIALS_FILE: '/nonexistent', AWS_CONFIG_FILE: '/nonexistent' }
  Object.assign(process.env, nobody)
  delete process.env['AWS_ACCESS_KEY_ID']
  const translator = create(server.url)
  assert.equal(kindOf(await translator.translate(request)), 'refused')
  assert.equal(server.requests, 0)
  Object.assign(process.env, ACCOUNT)
  await translator.close()
  await server.close()
})

test('[G398] of a text that has more bytes than Amazon Translate takes, as many words as it takes are translated', async (t) => {
  const asked: string[] = []
  const dialect: Dialect = {
    ...amazonTranslate,
    asked(request, body) {
      asked.push(amazonTranslate.asked(request, body)?.text ?? assert.fail())
      return undefined
    },
    answer: () => ({ TranslatedText: 'the weather …' }),
  }
  const server = await TranslationServer.start(dialect)
  t.after(() => server.close())
  const translator = create(server.url)
  t.after(() => translator.close())
  for (const [word, from] of [
    ['天気。', 'ja'],
    ['मौसम ', 'hi'],
  ] as const) {
    const text = word.repeat(Math.ceil(12_000 / Buffer.byteLength(word)))
    assert.deepEqual(await translator.translate({ ...request, text, from }), { text: 'the weather …' })
    const sent = asked.at(-1) ?? ''
    const words = sent.slice(0, -1)
    assert.ok(sent.endsWith('…') && text.startsWith(words))
    assert.ok(Buffer.byteLength(sent) <= 10_000)
    assert.ok(Buffer.byteLength(sent) > 9_900, 'nothing is lost that it takes')
    assert.match(words.slice(-8), /(天気|。|मौसम)$/u, 'it ends after a word')
  }
})

test('[G119] a pair that Amazon Translate does not know is not asked for again within the hour', async () => {
  const server = await TranslationServer.start(amazonTranslate)
  const clock = new SettableClock()
  const translator = create(server.url, clock)
  const ask = async () => kindOf(await translator.translate({ ...request, to: 'fr' }))
  assert.deepEqual([await ask(), await ask(), server.requests], ['pair_unsupported', 'pair_unsupported', 1])
  clock.advance(3_600_000)
  assert.deepEqual([await ask(), server.requests], ['pair_unsupported', 2])
  await translator.close()
  await server.close()
})
