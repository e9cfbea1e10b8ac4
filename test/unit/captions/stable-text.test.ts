import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StableText } from '../../../media-node/captions/stable-text.ts'
import { SeededRandom } from '../../seeded-random.ts'

const shownOf = (...hypotheses: readonly string[]) => {
  const stable = new StableText()
  return hypotheses.map((text) => stable.next([text]))
}

test('[G73] the newest word is shown once three hypotheses in a row begin with all up to it, the others at once', () => {
  assert.deepEqual(shownOf('we', 'we', 'we', 'we will', 'we well', 'we will meet', 'we will meet', 'we will meet'), [
    '',
    '',
    'we',
    'we',
    'we',
    'we will',
    'we will',
    'we will meet',
  ])
})

test('[G73] what is shown stays until something else is to stand in its place', () => {
  assert.deepEqual(shownOf('a knee', 'a knee', 'a knee', 'any', 'any', 'any body', 'any body'), [
    'a',
    'a',
    'a knee',
    'a knee',
    'a knee',
    'any',
    'any',
  ])
  assert.deepEqual(shownOf('one two', 'one two', 'one two', 'one', ''), ['one', 'one', 'one two', 'one two', 'one two'])
})

test('[G73] of several hypotheses at once the last counts, and those before it tell how long its newest word stood', () => {
  const stable = new StableText()
  assert.equal(stable.next(['a knee', 'a knee', 'a knee', 'any body']), 'any')
  assert.equal(stable.next(['any body', 'any body']), 'any body')
})

test('[G73] whatever an engine says, nothing is shown that it did not say, and what it says three times is shown', () => {
  const random = new SeededRandom(3)
  const stable = new StableText()
  const said: string[] = []
  for (let time = 0; time < 10_000; time += 1) {
    const text = Array.from({ length: random.below(4) }, () => `${random.below(2)}`).join(' ')
    const [last, lastButOne] = [said.at(-1), said.at(-2)]
    said.push(text)
    const shown = stable.next([text])
    assert.ok(shown === '' || said.some((earlier) => earlier === shown || earlier.startsWith(`${shown} `)))
    if (text === last && text === lastButOne) assert.ok(shown === text || shown.startsWith(text))
  }
})

test('[G73] where the words were weighed anew, these are shown, and stay in what begins as it did then', () => {
  const stable = new StableText()
  stable.next(['the weber is', 'the weber is'])
  assert.equal(stable.next(['the weber is'], 'the weather is'), 'the weather is')
  assert.equal(stable.next(['the weber is cold', 'the weber is cold', 'the weber is cold']), 'the weather is cold')
  assert.equal(stable.next(['the web is gold'], undefined), 'the web is')
})

test('[G73] what was weighed anew and says the same again ends the correction', () => {
  const stable = new StableText()
  stable.next(['a knee body', 'a knee body', 'a knee body'], 'any body')
  assert.equal(stable.next(['a knee body', 'a knee body'], 'a knee body'), 'a knee body')
})

test('[G73] a newest word on which the hypothesis and the words weighed anew differ is not shown', () => {
  const stable = new StableText()
  const thrice = ['we leave said', 'we leave said', 'we leave said']
  assert.equal(stable.next(thrice, 'we leaves at'), 'we leaves')
})
