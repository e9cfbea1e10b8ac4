import { once } from 'node:events'
import { createServer, type Http2Session, type ServerHttp2Stream } from 'node:http2'
import { EventStreamCodec, getChunkedStream } from '@smithy/core/event-streams'
import type { Faults } from './faults.ts'
import type { Ears } from './hearing.ts'
import { pcmOf } from './pcm-of.ts'
import type { SpeechServer } from './speech-server.ts'

const utf8 = {
  encode: (bytes: Uint8Array) => Buffer.from(bytes).toString(),
  decode: (text: string) => Buffer.from(text),
}
const codec = new EventStreamCodec(utf8.encode, utf8.decode)

/** Amazon Transcribe's streaming API: event-stream frames over HTTP/2, in the clear. Signatures are not checked. */
export async function startTranscribeServer(ears: Ears): Promise<SpeechServer> {
  const server = createServer()
  const faults: Faults = {}
  const received: string[] = []
  const sessions = new Set<Http2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => undefined)
    session.once('close', () => sessions.delete(session))
  })
  server.on('stream', (stream, headers) => {
    received.push(JSON.stringify(headers))
    stream.on('error', () => undefined)
    if (faults.silent) return
    const expired = faults.onlyKey !== undefined && !headers.authorization?.includes(`Credential=${faults.onlyKey}/`)
    if (expired) refuse(stream, 403, 'ExpiredTokenException')
    else if (faults.status === undefined) transcribe(stream, ears, faults).catch(() => stream.close())
    else
      refuse(stream, faults.status, faults.status < 500 ? 'UnrecognizedClientException' : 'ServiceUnavailableException')
  })
  const dropClients = () => {
    for (const session of sessions) session.destroy()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')

  return {
    url: `http://127.0.0.1:${address.port}`,
    faults,
    get connections() {
      return sessions.size
    },
    received,
    dropClients,
    async close() {
      dropClients()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}

function refuse(stream: ServerHttp2Stream, status: number, error: string): void {
  stream.respond({ ':status': status, 'x-amzn-errortype': error, 'content-type': 'application/json' })
  stream.end('{"Message":"no"}')
}

async function transcribe(stream: ServerHttp2Stream, ears: Ears, faults: Faults): Promise<void> {
  stream.respond({ ':status': 200, 'content-type': 'application/vnd.amazon.eventstream' })
  const hearing = await ears.listen()
  stream.once('close', () => hearing.close())
  let heardMs = 0
  for await (const frame of getChunkedStream(stream)) {
    const pcm = soundIn(frame)
    if (pcm.length === 0) break
    heardMs += pcm.length / 16
    const text = hearing.hear(pcm)
    await faults.late
    if (faults.hangUpAfterMs !== undefined && heardMs >= faults.hangUpAfterMs) {
      stream.session?.destroy()
      return
    }
    for (const other of faults.also ?? []) stream.write(transcriptEvent(other))
    if (text !== '') stream.write(faults.rubbish ?? resultEvent(text, heardMs, true))
  }
  const text = hearing.end()
  await faults.late
  if (text !== '') stream.write(faults.rubbish ?? resultEvent(text, heardMs, false))
  stream.end()
}

/** The client signs each event: what it sends is an event within a signed one. The last one is empty. */
function soundIn(frame: Uint8Array): Int16Array {
  const { body } = codec.decode(frame)
  return body.length === 0 ? new Int16Array() : pcmOf(codec.decode(body).body)
}

function resultEvent(text: string, heardMs: number, partial: boolean): Uint8Array {
  const result = {
    ResultId: 'a',
    StartTime: 0,
    EndTime: heardMs / 1_000,
    IsPartial: partial,
    Alternatives: [{ Transcript: text, Items: [] }],
  }
  return transcriptEvent(JSON.stringify({ Transcript: { Results: [result] } }))
}

function transcriptEvent(json: string): Uint8Array {
  return codec.encode({
    headers: {
      ':message-type': { type: 'string', value: 'event' },
      ':event-type': { type: 'string', value: 'TranscriptEvent' },
      ':content-type': { type: 'string', value: 'application/json' },
    },
    body: utf8.decode(json),
  })
}
