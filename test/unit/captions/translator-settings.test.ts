import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMode } from '../../../media-node/captions/translation/apertium-modes.ts'
import { ApertiumPairs } from '../../../media-node/captions/translation/apertium-pairs.ts'
import { createTranslator } from '../../../media-node/captions/translation/create-translator.ts'
import { translatorOf } from '../../../media-node/captions/translation/translator-settings.ts'
import { mediaNodeSettings } from '../../../media-node/settings.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createLogger } from '../../../shared/logging.ts'
import { readSettings } from '../../../shared/settings.ts'

test('[G122] a translator that lacks a setting is told of together with all else that is wrong, without values', () => {
  const read = (env: Record<string, string>) => () => readSettings(mediaNodeSettings, { PORT: 'p', ...env })
  assert.throws(read({ TRANSLATOR: 'libretranslate' }), /PORT(.|\n)*LIBRETRANSLATE_URL: libretranslate needs it/)
  assert.throws(read({ TRANSLATOR: 'amazon-translate' }), /PORT(.|\n)*TRANSLATE_REGION: amazon-translate needs it/)
  assert.throws(read({ LIBRETRANSLATE_URL: 'bad' }), (error: Error) => !error.message.includes('bad'))
})

test('[G122] without Apertium on the machine nothing is supported, and one line says what to install', async () => {
  const settings = translatorOf(readSettings(mediaNodeSettings, { APERTIUM_MODES: '/nonexistent' }))
  const logger = createLogger({ name: 'test', level: 'silent' })
  const lines: unknown[] = []
  logger.warn = (line: unknown) => lines.push(line)
  const translator = await createTranslator(settings, { clock: systemClock, logger })
  assert.equal(translator.supports('en', 'es'), false)
  const { signal } = new AbortController()
  assert.match(JSON.stringify(await translator.translate({ text: 'house', from: 'en', to: 'es', signal })), /pair_unsu/)
  assert.equal(lines.length, 1)
  assert.match(String(lines), /install apertium/)
  await translator.close()
})

test('[G120] a mode of Apertium that is more than a pipe of programs is not used', () => {
  assert.deepEqual(parseMode("lt-proc '/a b.bin' | apertium-tagger -g $2 'x' | lt-proc $1 'y'\n"), [
    { program: 'lt-proc', args: ['-z', '/a b.bin'] },
    { program: 'apertium-tagger', args: ['-z', '-g', 'x'] },
    { program: 'lt-proc', args: ['-z', '-n', 'y'] },
  ])
  for (const text of ['', 'a | | b', 'a; rm b', 'a $(b)', 'a > b', 'a "b"', 'a\nb', "a 'b"]) {
    assert.equal(parseMode(text), undefined, text)
  }
})

test('[G120] languages of Apertium are found by BCP 47 tags, the nearest first', () => {
  const modes = ['es en', 'es en-US', 'pt-BR ca', 'zh-Hant en'].map((pair) => {
    const [from = '', to = ''] = pair.split(' ')
    return { from, to, commands: [] }
  })
  const pairs = new ApertiumPairs(modes)
  const find = (from: string, to: string) => pairs.find(from, to)
  assert.equal(find('es-MX', 'en-US'), modes[1])
  assert.equal(find('spa', 'EN-gb'), modes[0])
  assert.equal(find('pt-BR', 'ca'), modes[2])
  assert.equal(find('zh-TW', 'en-AU'), modes[3])
  for (const [from, to] of [
    ['en', 'es'],
    ['es', 'es'],
    ['pt-PT', 'ca'],
    ['*', 'en'],
  ] as const) {
    assert.equal(find(from, to), undefined)
  }
})
