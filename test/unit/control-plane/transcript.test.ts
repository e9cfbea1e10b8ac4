import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transcript } from '../../../shared/api.ts'
import type { TranscriptLine } from '../../../shared/transcript-store/transcript-store.ts'
import { newLine } from '../../integration/shared/transcript-store-contract.ts'
import { assertProblem, nodeReport, testControlPlane } from './test-control-plane.ts'

const PATH = '/v1/rooms/tea/transcript'
const FORMATS = ['json', 'vtt', 'srt', 'txt'] as const

/** The control plane, with these lines kept under the name of a room. */
async function keeping(lines: readonly TranscriptLine[], env: Readonly<Record<string, string>> = {}) {
  const plane = testControlPlane(env)
  await plane.transcripts.append({ roomId: 'tea' }, lines, plane.clock.now() + 1_000_000)
  const ask = (query = '') => plane.app.request(`${PATH}?${query}`)
  const read = async (query = '') => {
    const answer = await ask(query)
    assert.equal(answer.status, 200)
    return transcript.parse(await answer.json())
  }
  const openRoom = async () => {
    await plane.registry.heartbeat(nodeReport('node-1'))
    assert.equal((await plane.post('/v1/rooms', { roomId: 'tea' })).status, 201)
  }
  return { ...plane, ask, read, openRoom }
}

/** Lines of consecutive seconds before and after the test's clock. */
const secondsFrom = (first: number, count: number) => {
  const { clock } = testControlPlane()
  return Array.from({ length: count }, (_, index) => newLine({ startMs: clock.now() + (first + index) * 1_000 }))
}

const idsOf = (lines: readonly { readonly segmentId: string }[]) => lines.map(({ segmentId }) => segmentId)

test('[R20] a transcript is read in the order in which it was said, page by page, each line once', async () => {
  const lines = secondsFrom(-500, 450)
  const { read } = await keeping(lines.toReversed())
  const first = await read()
  const { translations: _, ...said } = lines[0] ?? newLine()
  assert.deepEqual(first.lines[0], { ...said, translated: false })
  assert.equal(first.roomId, 'tea')
  for (const limit of ['', '&limit=1000', '&limit=7']) {
    const seen: string[] = []
    for (let next: string | undefined = ''; next !== undefined; ) {
      const page = await read(`${next && `after=${encodeURIComponent(next)}`}${limit}`)
      seen.push(...idsOf(page.lines))
      next = page.next
    }
    assert.deepEqual(seen, idsOf(lines))
  }
  assert.equal(first.lines.length, 200)
})

test('[R21] each line is given in the language asked for, if it was said in it or is translated', async () => {
  const { read } = await keeping([
    newLine({ text: 'Tea', translations: { es: 'Té', 'es-MX': 'Tecito', fr: 'Thé' }, startMs: 1 }),
    newLine({ text: 'Cake', translations: { fr: 'Gâteau' }, startMs: 2 }),
    newLine({ text: 'Leche', language: 'es-ES', translations: { en: 'Milk' }, startMs: 3 }),
  ])
  const told = async (query: string) =>
    (await read(query)).lines.map(({ language, text, translated }) => [language, text, translated])
  assert.deepEqual(await told(''), [
    ['en', 'Tea', false],
    ['en', 'Cake', false],
    ['es-ES', 'Leche', false],
  ])
  assert.deepEqual(await told('language=es-MX'), [
    ['es-MX', 'Tecito', true],
    ['en', 'Cake', false],
    ['es-ES', 'Leche', false],
  ])
  assert.deepEqual((await told('language=es'))[0], ['es', 'Té', true])
  assert.deepEqual((await told('language=es-AR'))[0], ['es', 'Té', true])
  assert.deepEqual((await told('language=en')).at(-1), ['en', 'Milk', true])
})

test('[R22] without a time a room tells what was said since it was made, and a name without a room all that is kept', async () => {
  const lines = secondsFrom(-5, 5)
  const { read, openRoom, clock, transcripts } = await keeping(lines)
  assert.deepEqual(idsOf((await read()).lines), idsOf(lines))
  await openRoom()
  const ofRoom = secondsFrom(5, 5)
  await transcripts.append({ roomId: 'tea', createdAt: clock.now() }, ofRoom, clock.now() + 1_000_000)
  assert.deepEqual(idsOf((await read()).lines), idsOf(ofRoom))
  assert.deepEqual(idsOf((await read('limit=2')).lines), idsOf(ofRoom.slice(0, 2)))
  assert.deepEqual(idsOf((await read(`since=${clock.now() - 3_000}`)).lines), idsOf([...lines.slice(2), ...ofRoom]))
  assert.deepEqual(idsOf((await read('since=0')).lines), idsOf([...lines, ...ofRoom]))
})

test('[R23] there is no transcript only where there is neither a room nor a line', async () => {
  const { ask, openRoom, app } = await keeping([])
  for (const format of FORMATS) await assertProblem(await ask(`format=${format}`), 404, 'room_not_found')
  await openRoom()
  const empty = await Promise.all(FORMATS.map(async (format) => (await ask(`format=${format}`)).text()))
  assert.deepEqual(empty, ['{"roomId":"tea","lines":[]}', 'WEBVTT\n\n', '', ''])
  await app.request('/v1/rooms/tea', { method: 'DELETE' })
  await assertProblem(await ask(), 404, 'room_not_found')
  const { read } = await keeping(secondsFrom(-5, 1))
  assert.deepEqual((await read('since=9999999999999')).lines, [])
})

test('[R28] a long transcript is read a page at a time, as fast as it is taken', async () => {
  const { ask, transcripts } = await keeping(secondsFrom(-10_000, 10_000))
  let pages = 0
  const { read } = transcripts
  transcripts.read = async (roomId, options) => {
    pages += 1
    assert.ok(options.limit <= 200)
    return read.call(transcripts, roomId, options)
  }
  const answer = await ask('format=txt')
  assert.equal(pages, 1)
  assert.ok(answer.body)
  let lines = 0
  let taken = 0
  for await (const chunk of answer.body) {
    taken += 1
    assert.equal(pages, taken, 'no page is read before it is wanted')
    lines += new TextDecoder().decode(chunk).split('\n').length - 1
  }
  assert.deepEqual([lines, pages], [10_000, 50])
})

test('[R29] a download that breaks off is not taken for a whole one', async () => {
  const { app, ask, transcripts } = await keeping(secondsFrom(-1_000, 1_000))
  for (const format of ['vtt', 'srt', 'txt']) {
    transcripts.goAway({ after: 3 })
    const answer = await ask(`format=${format}`)
    assert.equal(answer.status, 200)
    await assert.rejects(answer.text(), { code: 'unavailable' })
    transcripts.comeBack()
  }
  assert.match(await (await app.request('/metrics')).text(), /jbcalling_refusals_total\{code="unavailable"\} 3\n/)
})

test('[R30] while a store is away no transcript is read, and the answer says so', async () => {
  const { ask, transcripts, rooms } = await keeping(secondsFrom(-5, 1))
  transcripts.goAway()
  for (const format of FORMATS) await assertProblem(await ask(`format=${format}`), 503, 'unavailable')
  transcripts.comeBack()
  rooms.goAway()
  await assertProblem(await ask(), 503, 'unavailable')
})

for (const query of [
  'format=pdf',
  'language=',
  'language=english!',
  'since=yesterday',
  'since=-1',
  'since=1.5',
  'since=99999999999999',
  'limit=0',
  'limit=1001',
  `after=${'x'.repeat(101)}`,
  'format=vtt&limit=10',
  'format=txt&after=x',
]) {
  test(`[R31] a transcript asked for with ${query.slice(0, 30)} is refused as bad_request`, async () => {
    const { ask } = await keeping(secondsFrom(-5, 1))
    await assertProblem(await ask(query), 400, 'bad_request')
  })
}

test('[R31] a page after anything at all is a page', async () => {
  const { read } = await keeping(secondsFrom(-5, 1))
  for (const after of ['%00', '%F0%9F%8D%B0', '~~~', "'%20OR%201"]) await read(`after=${after}`)
})

test('[R32] a document is for saving under the name of its room, and nothing of a transcript is for caches', async () => {
  const { ask } = await keeping(secondsFrom(-5, 1))
  const headers = async (query: string) => {
    const { headers } = await ask(query)
    return [headers.get('content-disposition'), headers.get('cache-control')]
  }
  assert.deepEqual(await headers(''), [null, 'no-store'])
  assert.deepEqual(await headers('format=vtt'), ['attachment; filename="tea-transcript.vtt"', 'no-store'])
  assert.deepEqual(await headers('format=srt&language=pt-BR'), [
    'attachment; filename="tea-transcript.pt-BR.srt"',
    'no-store',
  ])
})

test('[R33] with api keys nobody reads a transcript without one', async () => {
  const key = 'first-key-0123456789'
  const { app } = await keeping(secondsFrom(-5, 1), { AUTH_MODE: 'api-key', API_KEYS: key, HOST: '0.0.0.0' })
  await assertProblem(await app.request(PATH), 401, 'unauthorized')
  assert.equal((await app.request(PATH, { headers: { authorization: `Bearer ${key}` } })).status, 200)
})
