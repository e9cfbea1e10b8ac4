import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StableText } from '../../../media-node/captions/stable-text.ts'
import { SeededRandom } from '../../seeded-random.ts'

const shownOf = (...hypotheses: readonly string[]) => {
  const stable = new StableText()
  return hypotheses.map((text) => stable.next([text]))
}

const times = (count: number, text: string) => Array.from({ length: count }, () => text)

test('[G73] the newest word is shown once five hypotheses in a row begin with all up to it, the others at once', () => {
  const said = [...times(5, 'we'), 'we will', 'we well', ...times(5, 'we will meet')]
  const shown = [...times(4, ''), ...times(3, 'we'), ...times(4, 'we will'), 'we will meet']
  assert.deepEqual(shownOf(...said), shown)
})

test('[G73] what is shown stays until something else is to stand in its place', () => {
  const said = [...times(5, 'a knee'), ...times(2, 'any'), ...times(2, 'any body')]
  const shown = [...times(4, 'a'), ...times(3, 'a knee'), ...times(2, 'any')]
  assert.deepEqual(shownOf(...said), shown)
  assert.deepEqual(shownOf(...times(5, 'one two'), 'one', ''), [...times(4, 'one'), ...times(3, 'one two')])
})

test('[G73] of several hypotheses at once the last counts, and those before it tell how long its newest word stood', () => {
  const stable = new StableText()
  assert.equal(stable.next([...times(5, 'a knee'), 'any body']), 'any')
  assert.equal(stable.next(times(3, 'any body')), 'any')
  assert.equal(stable.next(['any body']), 'any body')
})

test('[G73] whatever an engine says, nothing is shown that it did not say, and what it says five times is shown', () => {
  const random = new SeededRandom(3)
  const stable = new StableText()
  const said: string[] = []
  let stood = 0
  for (let time = 0; time < 10_000; time += 1) {
    const text = Array.from({ length: random.below(3) }, () => `${random.below(2)}`).join(' ')
    said.push(text)
    const shown = stable.next([text])
    assert.ok(shown === '' || said.some((earlier) => earlier === shown || earlier.startsWith(`${shown} `)))
    if (said.length < 5 || said.slice(-5).some((earlier) => earlier !== text)) continue
    stood += 1
    assert.ok(shown === text || shown.startsWith(text))
  }
  assert.ok(stood > 10)
})

test('[G73] where the words were weighed anew, these are shown, and stay in what begins as it did then', () => {
  const stable = new StableText()
  stable.next(times(4, 'the weber is'))
  assert.equal(stable.next(['the weber is'], 'the weather is'), 'the weather is')
  assert.equal(stable.next(times(5, 'the weber is cold')), 'the weather is cold')
  assert.equal(stable.next(['the web is gold'], undefined), 'the web is')
})

test('[G73] what was weighed anew and says the same again ends the correction', () => {
  const stable = new StableText()
  stable.next(times(5, 'a knee body'), 'any body')
  assert.equal(stable.next(times(2, 'a knee body'), 'a knee body'), 'a knee body')
})

test('[G73] a newest word on which the hypothesis and the words weighed anew differ is not shown', () => {
  const stable = new StableText()
  assert.equal(stable.next(times(5, 'we leave said'), 'we leaves at'), 'we leaves')
  assert.equal(stable.next(times(5, 'we leave said'), 'we leaves said'), 'we leaves said')
})
