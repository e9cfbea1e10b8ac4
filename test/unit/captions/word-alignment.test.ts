import assert from 'node:assert/strict'
import { test } from 'node:test'
import { showings } from '../../bench/showings.ts'
import { missingWords, wordErrorRate } from '../../speech/word-error-rate.ts'

test('[G38] a word heard wrong is an error and no hole, a word not heard is both, one too many only an error', () => {
  assert.equal(missingWords('we will meet again', 'we will beat again'), 0)
  assert.equal(wordErrorRate('we will meet again', 'we will beat again'), 0.25)
  assert.equal(missingWords('we will meet again', 'we again'), 2)
  assert.equal(missingWords('we will meet again', 'meet again'), 2)
  assert.equal(missingWords('we will meet again', 'so we will meet again'), 0)
  assert.equal(wordErrorRate('we will meet again', 'so we will meet again'), 0.25)
})

test('[G38] a word counts as shown when it is there at its place, not when another like it is', () => {
  const spoken = 'the train to the city'.split(' ')
  const texts = [
    '',
    'the',
    'the trains',
    'the train to',
    'the train to the',
    'the train to the sea',
    'the train to the city',
  ]
  const shown = showings(
    spoken,
    texts.map((text, at) => ({ at, text })),
  )
  assert.deepEqual(
    shown.map((showing) => [showing?.first, showing?.forGood]),
    [
      [1, 1],
      [3, 3],
      [3, 3],
      [4, 4],
      [6, 6],
    ],
  )
})

test('[G38] a word that the last text has wrong was never shown, one that was taken back counts from its return', () => {
  const texts = ['open', 'open a', 'open the', 'open their', 'open the door']
  const shown = showings(
    ['open', 'the', 'window'],
    texts.map((text, at) => ({ at, text })),
  )
  assert.deepEqual(shown, [{ first: 0, forGood: 0 }, { first: 2, forGood: 4 }, undefined])
})
