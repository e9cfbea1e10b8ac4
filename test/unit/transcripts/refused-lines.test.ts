import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../integration/media-node/until.ts'
import { TestJournal } from './test-journal.ts'

const LONGEST_PAUSE_MS = 15_000

test('[J75] lines that the store refuses hold up no others, are counted, and are told once without their words', async (t) => {
  const given = await TestJournal.create(t)
  given.store.refuses = ({ text }) => text.startsWith('bad')
  const journal = await given.open()
  for (const text of ['one', 'bad two', 'three', 'bad four', 'five'])
    journal.keep({ roomId: 'tea', createdAt: 1 }, given.line(text))
  journal.keep({ roomId: 'milk', createdAt: 1 }, given.line('six'))
  await given.stored()
  assert.deepEqual(given.store.texts.toSorted(), ['five', 'one', 'six', 'three'])
  assert.deepEqual([given.metrics.counts['refused'], given.metrics.counts['stored']], [2, 4])
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('bad seven'))
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('eight'))
  await given.stored()
  assert.equal(given.metrics.counts['refused'], 3)
  assert.equal(given.log.length, 1)
  assert.match(given.log[0] ?? '', /"level":"error".*refuses/)
  assert.doesNotMatch(given.log.join(), /bad|tea|said/)
  await journal.close()
})

test('[J76] while the store takes no line at all, none is lost: its table may be a wrong one', async (t) => {
  const given = await TestJournal.create(t)
  given.store.refuses = () => true
  const journal = await given.open()
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('one'))
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('two'))
  await given.saved(1)
  for (let round = 1; round <= 5; round += 1) {
    await until(() => assert.equal(given.metrics.counts['storeFailed'], round))
    given.clock.advance(LONGEST_PAUSE_MS)
  }
  await until(() => assert.equal(given.metrics.counts['storeFailed'], 6))
  assert.deepEqual([given.metrics.waiting().lines, given.metrics.counts['refused']], [2, undefined])
  given.store.refuses = () => false
  given.clock.advance(LONGEST_PAUSE_MS)
  await given.stored()
  assert.deepEqual(given.store.texts, ['one', 'two'])
  await journal.close()
})

test('[J77] a line that the store takes is found behind hundreds that it refuses', async (t) => {
  const given = await TestJournal.create(t)
  given.store.refuses = ({ text }) => text.startsWith('bad')
  const journal = await given.open()
  for (let number = 0; number < 250; number += 1)
    journal.keep({ roomId: 'tea', createdAt: 1 }, given.line(`bad ${number}`))
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('good'))
  await given.saved(1)
  for (let round = 1; round <= 2; round += 1) {
    await until(() => assert.equal(given.metrics.counts['storeFailed'], round))
    given.clock.advance(LONGEST_PAUSE_MS)
  }
  await given.stored()
  assert.deepEqual([given.store.texts, given.metrics.counts['refused']], [['good'], 250])
  await journal.close()
})
