import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LibreTranslate } from '../../../media-node/captions/translation/libretranslate.ts'
import type { Clock } from '../../../shared/clock.ts'
import { libreTranslate } from '../../translation-servers/libretranslate-dialect.ts'
import { TranslationServer } from '../../translation-servers/translation-server.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { eventually } from './eventually.ts'
import { httpTranslatorContract } from './http-translator-contract.ts'
import { kindOf } from './translator-contract.ts'

const create = (url: string, clock: Clock = new SettableClock()) =>
  new LibreTranslate({ url, apiKey: 'secret-key' }, clock)

httpTranslatorContract({ dialect: libreTranslate, create })

test('[G119] which pairs a LibreTranslate server knows is asked of it, and a region that it has a name for is that name', async () => {
  const server = await TranslationServer.start(libreTranslate)
  const translator = create(server.url)
  assert.equal(translator.supports('es', 'de'), true)
  await eventually(() => assert.equal(translator.supports('es', 'de'), false))
  assert.equal(translator.supports('en-US', 'es-AR'), true)
  assert.equal(translator.supports('es', 'pt-BR'), true)
  assert.equal(translator.supports('es', 'pt-PT'), false)
  await translator.close()
  await server.close()
})

test('[G116] an answer of LibreTranslate that is too long is cut off', async () => {
  const server = await TranslationServer.start(libreTranslate)
  const translator = create(server.url)
  server.misbehaviour = 'never ends'
  const signal = new AbortController().signal
  assert.equal(kindOf(await translator.translate({ text: 'the house', from: 'en', to: 'es', signal })), 'unreachable')
  await translator.close()
  await server.close()
})
