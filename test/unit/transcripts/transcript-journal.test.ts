import assert from 'node:assert/strict'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { until } from '../../integration/media-node/until.ts'
import { SAVE_INTERVAL_MS, TestJournal } from './test-journal.ts'

const DAY_MS = 86_400_000

test('[J20] what is kept is stored in order, for its days, and nothing of it is left on the disk', async (t) => {
  const given = await TestJournal.create(t)
  given.clock.advance(90_000)
  const journal = await given.open()
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('one'))
  journal.keep({ roomId: 'cake', createdAt: 1 }, given.line('two'))
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('three'))
  await given.stored()
  const [tea, cake] = given.store.appended
  assert.deepEqual([tea?.roomId, tea?.lines.map(({ text }) => text)], ['tea', ['one', 'three']])
  assert.deepEqual([cake?.roomId, cake?.lines.map(({ text }) => text)], ['cake', ['two']])
  const days = ((tea?.expiresAt ?? 0) - given.clock.now()) / DAY_MS
  assert.ok(days <= 30 && days > 30 - 1 / 24, `${days} days`)
  await until(async () => assert.deepEqual([...(await given.files()).values()], ['']))
  await journal.close()
  assert.equal((await given.files()).size, 0)
})

test('[J20] a line without a word is not kept', async (t) => {
  const given = await TestJournal.create(t)
  const journal = await given.open()
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line(' '))
  assert.deepEqual([given.metrics.counts, given.clock.waiting], [{}, 0])
  await journal.close()
})

test('[J21] what was on the disk when the process died is stored first after the next start, in order', async (t) => {
  const given = await TestJournal.create(t)
  given.store.away = true
  const dying = await given.open()
  for (let number = 0; number < 300; number += 1)
    dying.keep({ roomId: 'tea', createdAt: 1 }, given.line(`line ${number}`))
  await given.saved(1)
  await given.die()
  const dyingToo = await given.open()
  dyingToo.keep({ roomId: 'tea', createdAt: 1 }, given.line('last'))
  await given.saved(1)
  given.store.away = false
  await given.die()
  const next = await given.open()
  next.keep({ roomId: 'tea', createdAt: 1 }, given.line('new'))
  await given.stored()
  const expected = [...Array.from({ length: 300 }, (_, number) => `line ${number}`), 'last', 'new']
  assert.deepEqual(given.store.texts, expected)
  await next.close()
})

test('[J22] lines of one moment are one write, and writes are a quarter of a second apart', async (t) => {
  const given = await TestJournal.create(t)
  given.store.away = true
  const journal = await given.open()
  const keepThree = () => {
    for (const text of ['one', 'two', 'three']) journal.keep({ roomId: 'tea', createdAt: 1 }, given.line(text))
  }
  keepThree()
  given.clock.advance(0)
  await until(() => assert.equal(given.disk.appended, 1))
  // The write is over for the disk before it is for the journal.
  await until(() => assert.equal(given.store.calls, 1))
  keepThree()
  const { waiting } = given.clock
  given.clock.advance(SAVE_INTERVAL_MS - 1)
  assert.equal(given.clock.waiting, waiting)
  given.clock.advance(1)
  assert.equal(given.clock.waiting, waiting - 1)
  await until(() => assert.equal(given.disk.appended, 2))
  const lines = [...(await given.files()).values()].join('').trim().split('\n')
  assert.equal(lines.length, 6)
  await journal.close()
})

test('[J23] a store that is away is asked less and less often, the operator is told once, and told when it is back', async (t) => {
  const given = await TestJournal.create(t)
  given.store.away = true
  const journal = await given.open()
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('secret cake'))
  await given.saved(1)
  const { metrics, store, clock } = given
  const failures = (count: number) => until(() => assert.equal(metrics.counts['storeFailed'], count))
  await failures(1)
  const pauses = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]
  for (const [index, pauseMs] of pauses.entries()) {
    clock.advance(pauseMs - 1)
    assert.equal(clock.waiting, 1)
    clock.advance(1)
    assert.equal(clock.waiting, 0)
    await failures(index + 2)
  }
  store.away = false
  clock.advance(15_000)
  await given.stored()
  assert.deepEqual(store.texts, ['secret cake'])
  assert.deepEqual(
    given.log.map((line) => JSON.parse(line).level),
    ['warn', 'info'],
  )
  assert.doesNotMatch(given.log.join(), /secret|what was said/)
  await journal.close()
})

test('[J26] lines whose time has passed while they waited are dropped and counted', async (t) => {
  const given = await TestJournal.create(t)
  given.retentionDays = 1
  given.store.away = true
  const dying = await given.open()
  dying.keep({ roomId: 'tea', createdAt: 1 }, given.line('old'))
  await given.saved(1)
  given.clock.advance(DAY_MS - 3_600_000)
  dying.keep({ roomId: 'tea', createdAt: 1 }, given.line('young'))
  await given.saved(2)
  given.clock.advance(3_600_000)
  given.store.away = false
  await given.die()
  const next = await given.open()
  await given.stored()
  assert.deepEqual(given.store.texts, ['young'])
  assert.equal(given.metrics.counts['expired'], 1)
  await next.close()
})

test('[J27] a line kept again replaces itself, also when both were left behind', async (t) => {
  const given = await TestJournal.create(t)
  given.store.away = true
  const dying = await given.open()
  const line = given.line('tea')
  dying.keep({ roomId: 'room', createdAt: 1 }, line)
  await given.saved(1)
  dying.keep({ roomId: 'room', createdAt: 1 }, { ...line, translations: { es: 'té' } })
  await given.saved(2)
  given.store.away = false
  await given.die()
  const next = await given.open()
  await given.stored()
  const last = given.store.appended.flatMap(({ lines }) => lines).findLast(({ segmentId }) => segmentId === 'tea')
  assert.deepEqual(last, { ...line, translations: { es: 'té' } })
  await next.close()
})

test('[J28] what waits and since when can be asked', async (t) => {
  const given = await TestJournal.create(t)
  given.store.away = true
  const journal = await given.open()
  assert.deepEqual(given.metrics.waiting(), { lines: 0, oldestSeconds: 0 })
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('one'))
  given.clock.advance(100)
  assert.deepEqual(given.metrics.waiting(), { lines: 1, oldestSeconds: 0.1 })
  await until(() => assert.equal(given.metrics.counts['storeFailed'], 1))
  given.clock.advance(400)
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('two'))
  assert.deepEqual(given.metrics.waiting(), { lines: 2, oldestSeconds: 0.5 })
  given.store.away = false
  given.clock.advance(500)
  await given.stored()
  assert.deepEqual(given.metrics.waiting(), { lines: 0, oldestSeconds: 0 })
  assert.deepEqual([given.metrics.counts['kept'], given.metrics.counts['stored']], [2, 2])
  await journal.close()
})

test('[J29] what people said is for the account of the media node only', async (t) => {
  const given = await TestJournal.create(t)
  await mkdir(given.folder, { mode: 0o755 })
  given.store.away = true
  const journal = await given.open()
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('one'))
  await given.saved(1)
  const [name = ''] = (await given.files()).keys()
  const modes = await Promise.all([given.folder, join(given.folder, name)].map((path) => stat(path)))
  assert.deepEqual(
    modes.map(({ mode }) => mode & 0o777),
    [0o700, 0o600],
  )
  await journal.close()
})

test('[J30] a stop stores what there is at once', async (t) => {
  const given = await TestJournal.create(t)
  const journal = await given.open()
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('one'))
  await journal.close()
  assert.deepEqual(given.store.texts, ['one'])
  assert.equal((await given.files()).size, 0)
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('too late'))
  assert.deepEqual(given.metrics.counts, { kept: 2, stored: 1, stopped: 1 })
})

test('[J30] a stop without the store leaves everything on the disk', async (t) => {
  const given = await TestJournal.create(t)
  given.store.away = true
  const journal = await given.open()
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('one'))
  await journal.close()
  given.store.away = false
  const next = await given.open()
  await given.stored()
  assert.deepEqual(given.store.texts, ['one'])
  await next.close()
})
