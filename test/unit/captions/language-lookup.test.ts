import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amazonLanguages } from '../../../media-node/captions/engines/amazon-languages.ts'
import { languageLookup } from '../../../media-node/captions/engines/language-lookup.ts'
import { isSameLanguage } from '../../../shared/protocol/language-tag.ts'

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

test('a language is found by another code for it: retired, of a macrolanguage, Norwegian as Bokmål', () => {
  const lookup = languageLookup({ no: 'norwegian', he: 'hebrew', zh: 'chinese', 'pt-BR': 'brazilian' })
  for (const [tag, told] of [
    ['nb-NO', 'norwegian'],
    ['iw', 'hebrew'],
    ['cmn-Hans-CN', 'chinese'],
    ['pt', undefined],
    ['nn', undefined],
  ] as const)
    assert.equal(lookup(tag), told, tag)
  assert.equal(languageLookup({ nb: 'bokmål' })('no-NO'), 'bokmål')
  assert.ok(isSameLanguage('nb', 'no-NO') && isSameLanguage('iw-IL', 'he') && !isSameLanguage('nn', 'nb'))
})
