import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { serve } from '@hono/node-server'
import { startChild } from '../../../dev/child.ts'
import { transcript } from '../../../shared/api.ts'
import { systemClock } from '../../../shared/clock.ts'
import { dynamoDbTranscriptStore } from '../../../shared/transcript-store/dynamodb-transcript-store.ts'
import { testControlPlane } from '../../unit/control-plane/test-control-plane.ts'
import { newLine } from '../shared/transcript-store-contract.ts'
import { startStores } from './stores.ts'

const MAIN = join(import.meta.dirname, '../../../control-plane/main.ts')
const LAST_CHUNK = '\r\n0\r\n\r\n'

test('[R34] a download that breaks off ends the connection without the end that HTTP asks for', async (t) => {
  const { app, clock, transcripts } = testControlPlane()
  const lines = Array.from({ length: 1_000 }, (_, index) => newLine({ startMs: index, text: 'x'.repeat(4_000) }))
  await transcripts.append({ roomId: 'tea' }, lines, clock.now() + 1_000)
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  const download = async () => {
    const socket = connect(address.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write('GET /v1/rooms/tea/transcript?format=txt HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
    const received: Buffer[] = []
    socket.on('data', (data) => received.push(data))
    await once(socket, 'close')
    return Buffer.concat(received).toString()
  }
  const whole = await download()
  assert.match(whole, /^HTTP\/1\.1 200/)
  assert.ok(whole.endsWith(LAST_CHUNK))
  // What cannot be sent is written to standard error by the server's library.
  t.mock.method(console, 'error', () => undefined)
  for (const after of [1, 2, 3, 4]) {
    transcripts.goAway({ after })
    const broken = await download()
    transcripts.comeBack()
    assert.ok(broken.length < whole.length)
    assert.ok(!broken.endsWith(LAST_CHUNK))
  }
})

test('[R35] the process tells what is kept in DynamoDB', async (t) => {
  const stores = await startStores()
  t.after(() => stores.stop())
  const store = dynamoDbTranscriptStore({ ...stores.transcripts, clock: systemClock })
  t.after(() => store.close())
  const { translations: _, ...said } = newLine()
  await store.append({ roomId: 'tea' }, [{ ...said, translations: {} }], Date.now() + 60_000)
  const { promise: url, resolve } = Promise.withResolvers<string>()
  const child = await startChild({
    name: 'control-plane',
    command: [process.execPath, MAIN],
    env: { PATH: process.env['PATH'], PORT: '0', ...stores.env },
    onLine: (line) => line.includes('"listening"') && resolve(JSON.parse(line).url),
  })
  t.after(() => child.stop())
  const answer = await fetch(`${await url}/v1/rooms/tea/transcript`)
  assert.deepEqual(transcript.parse(await answer.json()), { roomId: 'tea', lines: [{ ...said, translated: false }] })
  const document = await fetch(`${await url}/v1/rooms/tea/transcript?format=vtt`)
  assert.ok(document.body)
  assert.match(await text(document.body), /^WEBVTT\n\n00:00:00\.000 --> 00:00:01\.500\n<v Ada>.*<\/v>\n\n$/)
})
