import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fetchTranscript } from '../../../client/sdk/fetch-transcript.ts'
import { transcriptUrl } from '../../../client/sdk/room-api.ts'
import { CallError, type ErrorCode } from '../../../shared/protocol/error-code.ts'

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
