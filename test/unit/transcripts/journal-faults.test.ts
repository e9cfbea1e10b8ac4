import assert from 'node:assert/strict'
import { appendFile, mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { encodeRecord } from '../../../media-node/transcripts/journal-record.ts'
import { until } from '../../integration/media-node/until.ts'
import { SeededRandom } from '../../seeded-random.ts'
import { SAVE_INTERVAL_MS, TestJournal } from './test-journal.ts'

test('[J24] torn, foreign and garbled lines are counted and skipped, foreign files are left alone', async (t) => {
  const given = await TestJournal.create(t)
  given.store.away = true
  const dying = await given.open()
  dying.keep({ roomId: 'tea', createdAt: 1 }, given.line('one'))
  dying.keep({ roomId: 'tea', createdAt: 1 }, given.line('two'))
  await given.saved(1)
  const [[name = '', text = ''] = []] = await given.files()
  const [one = '', two = ''] = text.split('\n')
  const garbled = two.replace('two', 'too')
  const file = join(given.folder, name)
  await writeFile(file, `${one}\nrubbish\n\n${garbled}\n00000000 {}\n${two}\n${one.slice(0, -20)}`)
  await writeFile(join(given.folder, '000000000009.finals'), two.replace('tea', 'milk').slice(9))
  await writeFile(join(given.folder, 'notes.txt'), 'mine')
  given.store.away = false
  await given.die()
  const next = await given.open()
  next.keep({ roomId: 'tea', createdAt: 1 }, given.line('three'))
  await given.stored()
  assert.deepEqual(given.store.texts, ['one', 'two', 'three'])
  assert.equal(given.metrics.counts['unreadable'], 6)
  await next.close()
  assert.equal((await stat(join(given.folder, 'notes.txt'))).size, 4)
})

test('[J24] whatever happens to the bytes of a file, the lines it does not happen to are stored, and no other', async (t) => {
  const random = new SeededRandom(24)
  for (let round = 0; round < 30; round += 1) {
    const given = await TestJournal.create(t)
    const texts = Array.from({ length: 20 }, (_, index) => `line ${index} ${'x'.repeat(random.below(50))}`)
    const lines = texts.map((text) => encodeRecord({ roomId: 'tea', createdAt: 1, keptAt: 0, line: given.line(text) }))
    const bytes = Buffer.concat(lines)
    const [from, to] = [random.below(bytes.length), random.below(bytes.length)].sort((one, other) => one - other)
    const damaged = random.pick(
      bytes.subarray(0, from),
      Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]),
      Buffer.from(bytes).fill(random.below(256), from, to),
    )
    await mkdir(given.folder)
    await writeFile(join(given.folder, '000000000001.finals'), damaged)
    const journal = await given.open()
    await given.stored()
    const whole = texts.filter((_, index) => damaged.includes(lines[index] ?? 'none'))
    // The last line may lack only its end.
    assert.deepEqual(given.store.texts.slice(0, whole.length), whole)
    assert.ok(given.store.texts.length <= whole.length + 1)
    assert.deepEqual(
      given.store.texts,
      texts.filter((text) => given.store.texts.includes(text)),
    )
    await journal.close()
  }
})

test('[J25] beyond the bound the oldest lines are dropped and counted, and the disk holds no more', async (t) => {
  const given = await TestJournal.create(t)
  given.maxBytes = 100_000
  given.store.away = true
  const journal = await given.open()
  for (let round = 0; round < 40; round += 1) {
    for (let number = 0; number < 10; number += 1)
      journal.keep({ roomId: 'tea', createdAt: 1 }, given.line(`${round * 10 + number} ${'x'.repeat(300)}`))
    await given.saved(round + 1)
    const held = [...(await given.files()).values()].reduce((sum, text) => sum + text.length, 0)
    assert.ok(held <= given.maxBytes, `${held} bytes`)
  }
  const dropped = given.metrics.counts['journal_full'] ?? 0
  assert.ok(dropped > 0)
  given.store.away = false
  given.clock.advance(15_000)
  await given.stored()
  const numbers = given.store.texts.map((text) => Number.parseInt(text, 10))
  assert.deepEqual(
    numbers,
    Array.from({ length: 400 - dropped }, (_, index) => dropped + index),
  )
  assert.ok(numbers.length > 100, `${numbers.length} of 400 were held`)
  await journal.close()
})

test('[J25] also lines that come all at once stay within the bound', async (t) => {
  const given = await TestJournal.create(t)
  given.maxBytes = 100_000
  given.store.away = true
  const journal = await given.open()
  for (let number = 0; number < 400; number += 1)
    journal.keep({ roomId: 'tea', createdAt: 1 }, given.line(`${number} ${'x'.repeat(300)}`))
  given.clock.advance(0)
  await until(() => assert.equal(given.metrics.counts['storeFailed'], 1))
  const held = [...(await given.files()).values()]
  assert.ok(held.join('').length <= given.maxBytes)
  assert.match(held.at(-1) ?? '', /"399 x/)
  const waiting = given.metrics.waiting().lines
  assert.equal(waiting + (given.metrics.counts['journal_full'] ?? 0), 400)
  assert.equal(waiting, held.join('').split('\n').length - 1)
  await journal.close()
})

test('[J31] a store or a disk that never answers does not hold up the stop beyond its deadline', async (t) => {
  for (const part of ['store', 'disk'] as const) {
    const given = await TestJournal.create(t)
    const journal = await given.open()
    const release = given[part].hold()
    journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('one'))
    const closing = journal.close()
    await until(() => assert.equal(given.clock.waiting, 1))
    given.clock.advance(1_500)
    if (part === 'disk') {
      await until(() => assert.equal(given.clock.waiting, 1))
      given.clock.advance(500)
    }
    await closing
    release()
  }
})

test('[J65] a stop that has little time left is not held up beyond that by a store and a disk that never answer', async (t) => {
  const given = await TestJournal.create(t)
  const journal = await given.open()
  const releases = [given.store.hold(), given.disk.hold()]
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('one'))
  const closing = journal.close(1_000)
  for (const shareMs of [600, 200]) {
    await until(() => assert.equal(given.clock.waiting, 1))
    given.clock.advance(shareMs)
  }
  await closing
  for (const release of releases) release()
})

test('[J32] a folder that cannot be used costs no final: they are stored from memory, and the operator is told once', async (t) => {
  const given = await TestJournal.create(t)
  await mkdir(dirname(given.folder), { recursive: true })
  await appendFile(given.folder, 'a file, no folder')
  const journal = await given.open()
  for (const [index, text] of ['one', 'two'].entries()) {
    journal.keep({ roomId: 'tea', createdAt: 1 }, given.line(text))
    await given.stored()
    await until(() => assert.equal(given.metrics.counts['journalFailed'], index + 2))
  }
  assert.deepEqual(given.store.texts, ['one', 'two'])
  assert.equal(given.log.length, 1)
  assert.match(given.log[0] ?? '', /"level":"error".*TRANSCRIPT_SPOOL_DIR/)
  await journal.close()
})

for (const fault of ['full', 'torn'] as const) {
  test(`[J33] a disk that is ${fault} for a while loses nothing, tears nothing and is used again`, async (t) => {
    const given = await TestJournal.create(t)
    given.store.away = true
    const dying = await given.open()
    dying.keep({ roomId: 'tea', createdAt: 1 }, given.line('before'))
    await given.saved(1)
    given.disk.fault = fault
    dying.keep({ roomId: 'tea', createdAt: 1 }, given.line('meanwhile'))
    await until(() => {
      given.clock.advance(SAVE_INTERVAL_MS)
      assert.ok(given.metrics.counts['journalFailed'])
    })
    given.disk.fault = undefined
    dying.keep({ roomId: 'tea', createdAt: 1 }, given.line('after'))
    await until(async () => {
      given.clock.advance(SAVE_INTERVAL_MS)
      assert.match([...(await given.files()).values()].join(''), /meanwhile(.|\n)*after/)
    })
    given.store.away = false
    await given.die()
    const next = await given.open()
    await given.stored()
    assert.deepEqual([...new Set(given.store.texts)], ['before', 'meanwhile', 'after'])
    await next.close()
  })
}

test('[J34] without disk and store memory holds five thousand lines, and the oldest beyond them are counted', async (t) => {
  const given = await TestJournal.create(t)
  given.disk.fault = 'full'
  given.store.away = true
  const journal = await given.open()
  for (let number = 0; number < 5_010; number += 1)
    journal.keep({ roomId: 'tea', createdAt: 1 }, given.line(`${number}`))
  assert.equal(given.metrics.counts['memory_full'], 10)
  given.clock.advance(0)
  await until(() => assert.equal(given.metrics.counts['storeFailed'], 1))
  given.store.away = false
  given.clock.advance(500)
  await given.stored()
  assert.deepEqual([given.store.texts.length, given.store.texts[0]], [5_000, '10'])
  await journal.close()
})

test('[J35] a file that cannot be read is dropped and counted, and what comes after it is stored', async (t) => {
  const given = await TestJournal.create(t)
  given.store.away = true
  const journal = await given.open()
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('one'))
  await given.saved(1)
  await until(() => assert.equal(given.metrics.counts['storeFailed'], 1))
  given.disk.fault = 'unreadable'
  given.clock.advance(500)
  await until(() => assert.equal(given.metrics.counts['unreadable'], 1))
  given.disk.fault = undefined
  given.store.away = false
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('two'))
  await given.stored()
  assert.deepEqual(given.store.texts, ['two'])
  await journal.close()
})
