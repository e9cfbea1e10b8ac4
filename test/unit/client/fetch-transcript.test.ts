import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fetchTranscript } from '../../../client/sdk/fetch-transcript.ts'
import { transcriptUrl } from '../../../client/sdk/room-api.ts'
import { CallError, type ErrorCode } from '../../../shared/protocol/error-code.ts'
import { callWithAda } from './broken-call.ts'

const wanted = { format: 'vtt', language: 'es' } as const

const fetchFrom = (answer: () => Promise<Response>) =>
  fetchTranscript({ api: 'https://calls.example', fetch: answer }, 'r', wanted)

const hasCode = (code: ErrorCode) => (error: unknown) => error instanceof CallError && error.code === code

test('[W15] a transcript has an address of its own for each format and language', () => {
  const at = (language?: string) =>
    transcriptUrl({ api: 'https://calls.example' }, 'stand up', { format: 'srt', language })
  assert.equal(at(), 'https://calls.example/v1/rooms/stand%20up/transcript?format=srt')
  assert.equal(at('es-MX'), 'https://calls.example/v1/rooms/stand%20up/transcript?format=srt&language=es-MX')
})

test('[W15] the transcript is handed on as it came', async () => {
  const file = await fetchFrom(async () => new Response('WEBVTT', { headers: { 'content-type': 'text/vtt' } }))
  assert.deepEqual([await file.text(), file.type], ['WEBVTT', 'text/vtt'])
})

test('[W321] who asks shows a token in a header, on every page, and never in an address', async () => {
  const asked: [string, string | null][] = []
  const answer: typeof fetch = async (address, init) => {
    asked.push([String(address), new Headers(init?.headers).get('authorization')])
    return Response.json({ lines: [], ...(asked.length < 3 && { next: 'more' }) })
  }
  const options = { api: '', fetch: answer, token: 'rejoin-token' }
  await fetchTranscript(options, 'r', { format: 'json' })
  assert.equal(asked.length, 3)
  for (const [address, authorization] of asked) {
    assert.equal(authorization, 'Bearer rejoin-token')
    assert.doesNotMatch(address, /rejoin-token/)
  }
})

test('[W321] a call fetches the transcript with its latest rejoin token, also when it is over', async () => {
  const { world, call } = await callWithAda()
  await call.fetchTranscript({ format: 'vtt' })
  world.room = { nodeId: 'node-2' }
  world.connection.refuse('draining')
  await world.settled()
  world.connection.welcome()
  await world.settled()
  call.leave()
  assert.equal(await (await call.fetchTranscript({ format: 'vtt', language: 'es' })).text(), 'WEBVTT')
  assert.deepEqual(world.reads, [
    ['http://x/v1/rooms/r/transcript?format=vtt', 'Bearer rejoin-token-1'],
    ['http://x/v1/rooms/r/transcript?format=vtt&language=es', 'Bearer rejoin-token-2'],
  ])
})

test('[W15] what keeps a transcript away is an error with a code', async () => {
  const body = { type: 'about:blank', title: 'x', status: 404, detail: 'x', code: 'room_not_found', requestId: 'r' }
  await assert.rejects(
    fetchFrom(async () => Response.json(body, { status: 404 })),
    hasCode('room_not_found'),
  )
  await assert.rejects(
    fetchFrom(async () => new Response('<html>', { status: 502 })),
    hasCode('unavailable'),
  )
  await assert.rejects(
    fetchFrom(() => Promise.reject(new TypeError('no network'))),
    hasCode('unavailable'),
  )
})

test('[W15] a transcript of several pages is one file as JSON', async () => {
  const asked: URLSearchParams[] = []
  const pages = [
    { roomId: 'r', lines: [{ text: 'one' }], next: 'a/b' },
    { roomId: 'r', lines: [{ text: 'two' }] },
  ]
  const answer: typeof fetch = async (address) => {
    asked.push(new URL(String(address)).searchParams)
    return Response.json(pages[asked.length - 1])
  }
  const file = await fetchTranscript({ api: 'https://calls.example', fetch: answer }, 'r', { format: 'json' })
  assert.deepEqual(JSON.parse(await file.text()), { roomId: 'r', lines: [{ text: 'one' }, { text: 'two' }] })
  assert.deepEqual(
    asked.map((query) => query.get('after')),
    [null, 'a/b'],
  )
})

test('[W15] pages that do not end, and answers of another shape, are errors', async () => {
  const json = (body: unknown) =>
    fetchTranscript({ api: 'https://calls.example', fetch: async () => Response.json(body) }, 'r', { format: 'json' })
  await assert.rejects(json({ lines: [], next: 'again' }), hasCode('payload_too_large'))
  await assert.rejects(json({ text: 'a page' }), hasCode('protocol_violation'))
})
