import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StableText } from '../../../media-node/captions/stable-text.ts'
import { SeededRandom } from '../../seeded-random.ts'

const shownOf = (...hypotheses: readonly string[]) => {
  const stable = new StableText()
  return hypotheses.map((text) => stable.next(text))
}

test('[G73] a word is shown once two hypotheses in a row agree upon all up to it', () => {
  assert.deepEqual(shownOf('we', 'we will', 'we will', 'we well meat', 'we will meet'), [
    '',
    'we',
    'we will',
    'we will',
    'we will',
  ])
})

test('[G73] what is shown stays until two hypotheses agree upon something else in its place', () => {
  assert.deepEqual(shownOf('a knee', 'a knee', 'any', 'any', 'any body', 'any body'), [
    '',
    'a knee',
    'a knee',
    'any',
    'any',
    'any body',
  ])
  assert.deepEqual(shownOf('one two', 'one two', 'one', 'one', ''), ['', 'one two', 'one two', 'one two', 'one two'])
})

test('[G73] of several hypotheses at once the last two count', () => {
  const stable = new StableText()
  assert.equal(stable.next('a', 'a knee', 'a knee', 'any'), '')
  assert.equal(stable.next('any', 'any body'), 'any')
})

test('[G73] whatever an engine says, what it says twice is shown, and nothing that it did not say twice', () => {
  const random = new SeededRandom(3)
  const stable = new StableText()
  const agreed = new Set([''])
  let last: string[] = []
  for (let time = 0; time < 10_000; time += 1) {
    const words = Array.from({ length: random.below(5) }, () => `${random.below(2)}`)
    for (let length = 1; length <= words.length; length += 1) {
      if (words.slice(0, length).join(' ') === last.slice(0, length).join(' '))
        agreed.add(words.slice(0, length).join(' '))
    }
    const shown = stable.next(words.join(' '))
    assert.ok(agreed.has(shown))
    if (words.join(' ') === last.join(' ')) assert.ok(shown.startsWith(words.join(' ')))
    last = words
  }
})
