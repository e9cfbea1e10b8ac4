import { buffer } from 'node:stream/consumers'
import type { Faults } from './faults.ts'
import type { Ears, Hearing } from './hearing.ts'
import { HttpListener } from './http-listener.ts'
import { pcmOf } from './pcm-of.ts'
import type { SpeechServer } from './speech-server.ts'

type Stream = { hearing: Hearing | undefined; heardMs: number; startMs: number; utterance: number }

/** A service of our own contract, `docs/stt-http.md`. */
export async function startHttpSpeechServer(ears: Ears): Promise<SpeechServer> {
  const listener = await HttpListener.start()
  const faults: Faults = {}
  const received: string[] = []
  const streams = new Map<string, Stream>()
  listener.server.on('request', async (request, response) => {
    const body = await buffer(request)
    received.push(`${request.url} ${request.headers.authorization ?? ''} ${body.length}`)
    const { searchParams } = new URL(request.url ?? '', 'http://localhost')
    if (faults.silent) return
    if (faults.resetNext) {
      delete faults.resetNext
      request.socket.resetAndDestroy()
      return
    }
    if (faults.status !== undefined) {
      response.writeHead(faults.status).end()
      return
    }
    if (searchParams.get('language') === 'tlh') {
      response.writeHead(400).end('{"error":"language_unsupported"}')
      return
    }
    const id = searchParams.get('stream') ?? ''
    const stream = streams.get(id) ?? { hearing: undefined, heardMs: 0, startMs: 0, utterance: 0 }
    streams.set(id, stream)
    const text = await hear(stream, pcmOf(body))
    await faults.late
    const last = searchParams.get('last') === 'true'
    if (faults.hangUpAfterMs !== undefined && stream.heardMs >= faults.hangUpAfterMs) {
      stream.hearing?.close()
      request.socket.destroy()
      return
    }
    const said = last ? (stream.hearing?.end() ?? '') : text
    const segments = said === '' ? [] : [segmentOf(stream, said, last)]
    if (last) Object.assign(stream, { hearing: undefined, utterance: stream.utterance + 1 })
    const spoiled = body.length > 0 || last ? faults.rubbish : undefined
    response.end(spoiled ?? JSON.stringify({ segments }))
  })

  async function hear(stream: Stream, pcm: Int16Array): Promise<string> {
    if (pcm.length === 0) return ''
    if (stream.hearing === undefined) {
      stream.startMs = stream.heardMs
      stream.hearing = await ears.listen()
    }
    stream.heardMs += pcm.length / 16
    return stream.hearing.hear(pcm)
  }

  return {
    url: `http://127.0.0.1:${listener.port}/api/v1/transcribe-stream`,
    faults,
    get connections() {
      return listener.connections
    },
    received,
    dropClients: () => listener.dropClients(),
    close: () => listener.close(),
  }
}

function segmentOf({ utterance, startMs, heardMs }: Stream, text: string, final: boolean): object {
  return { segmentId: `${utterance}`, text, final, startMs, endMs: heardMs }
}
