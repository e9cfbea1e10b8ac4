import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amazonLanguages } from '../../../media-node/captions/engines/amazon-languages.ts'
import { languageLookup } from '../../../media-node/captions/engines/language-lookup.ts'

test('[G82] an engine is told what the settings say for a language, or for the nearest that they name', () => {
  const lookup = languageLookup({ en: 'english', 'en-GB': 'british', 'zh-Hant': 'traditional' })
  assert.equal(lookup('en'), 'english')
  assert.equal(lookup('EN-gb'), 'british')
  assert.equal(lookup('en-AU-x-outback'), 'english')
  assert.equal(lookup('zh-Hant-TW'), 'traditional')
  assert.equal(lookup('zh'), undefined)
  assert.equal(lookup('toString'), undefined)
})

test('[G82] a language without a region becomes one that Amazon has', () => {
  const lookup = languageLookup(amazonLanguages)
  assert.deepEqual(['en', 'en-GB', 'pt', 'pt-PT', 'es-AR', 'tlh'].map(lookup), [
    'en-US',
    'en-GB',
    'pt-BR',
    'pt-PT',
    'es-US',
    undefined,
  ])
})
