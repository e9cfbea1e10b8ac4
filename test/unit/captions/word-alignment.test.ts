import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missingWords, wordErrorRate } from '../../speech/word-error-rate.ts'

test('[G38] a word heard wrong is an error and no hole, a word not heard is both, one too many only an error', () => {
  assert.equal(missingWords('we will meet again', 'we will beat again'), 0)
  assert.equal(wordErrorRate('we will meet again', 'we will beat again'), 0.25)
  assert.equal(missingWords('we will meet again', 'we again'), 2)
  assert.equal(missingWords('we will meet again', 'meet again'), 2)
  assert.equal(missingWords('we will meet again', 'so we will meet again'), 0)
  assert.equal(wordErrorRate('we will meet again', 'so we will meet again'), 0.25)
})
