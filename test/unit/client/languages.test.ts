import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languages, likelyLanguage } from '../../../client/app/languages.ts'

test("[W330] a browser's language is found by whatever code it is told: retired, regional, of a macrolanguage or with a script", () => {
  for (const [told, listed] of [
    ['nb-NO', 'no'],
    ['nn-NO', 'no'],
    ['no', 'no'],
    ['iw-IL', 'he'],
    ['in', 'id'],
    ['mo-MD', 'ro'],
    ['cmn-Hans-CN', 'zh'],
    ['zh-Hant-TW', 'zh'],
    ['zh-TW', 'zh'],
    ['arb', 'ar'],
    ['EN-gb', 'en'],
    ['eng', 'en'],
    ['ca-valencia', 'ca'],
  ] as const) {
    assert.equal(likelyLanguage([told]), listed, told)
  }
})

test('[W331] the first language that is listed counts, and English when none is', () => {
  assert.equal(likelyLanguage(['xx-not_a_tag', 'gsw-CH', 'nb-NO', 'de']), 'no')
  assert.equal(likelyLanguage(['gsw-CH']), 'en')
  assert.equal(likelyLanguage([]), 'en')
})

test('[W330] every language of the list is found by its own code', () => {
  for (const tag of languages.keys()) assert.equal(likelyLanguage([tag]), tag)
})
