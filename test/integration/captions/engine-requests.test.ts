import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createEngine } from '../../../media-node/captions/create-engine.ts'
import type { Engine } from '../../../media-node/captions/engine.ts'
import type { EngineSettings } from '../../../media-node/captions/engine-settings.ts'
import { systemClock } from '../../../shared/clock.ts'
import { startDeepgramServer } from '../../speech-servers/deepgram-server.ts'
import { countingEars } from '../../speech-servers/hearing.ts'
import { startHttpSpeechServer } from '../../speech-servers/http-speech-server.ts'
import { startRealtimeServer } from '../../speech-servers/realtime-server.ts'
import { SECRET } from '../../speech-servers/remote-engines.ts'
import type { SpeechServer } from '../../speech-servers/speech-server.ts'
import { startTranscribeServer } from '../../speech-servers/transcribe-server.ts'
import { startVoskServer } from '../../speech-servers/vosk-server.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { eventually } from './eventually.ts'
import { openStream } from './listener.ts'

const vocabulary = ['mediasoup', 'Opus & co']
const languages = { en: 'en-AU' }
const started: { server: SpeechServer; engine: Engine }[] = []

before(() => {
  process.env['AWS_ACCESS_KEY_ID'] = 'id'
  process.env['AWS_SECRET_ACCESS_KEY'] = SECRET
})
after(async () => {
  for (const { server, engine } of started) {
    engine.close()
    await server.close()
  }
})

test('[G96] http: each request has its number, its place in time and whether an utterance ends with it', async () => {
  const received = await hear(startHttpSpeechServer, (url) => {
    return { name: 'http', url: `${url}?tenant=7`, token: SECRET, languages, vocabulary }
  })
  const requests = received.map((line) => {
    const [target = '', ...rest] = line.split(' ')
    const { stream, ...query } = Object.fromEntries(new URL(target, 'http://localhost').searchParams)
    return { stream, query, rest: rest.join(' ') }
  })
  assert.equal(new Set(requests.map(({ stream }) => stream)).size, 1)
  assert.match(requests[0]?.stream ?? '', /^[0-9a-f-]{36}$/)
  const always = { tenant: '7', language: 'en-AU' }
  assert.deepEqual(
    requests.map(({ query, rest }) => [query, rest]),
    [
      [
        { ...always, sequence: '0', startMs: '0', last: 'false', vocabulary: vocabulary.join(',') },
        `Bearer ${SECRET} 0`,
      ],
      [{ ...always, sequence: '1', startMs: '0', last: 'false' }, `Bearer ${SECRET} 3200`],
      [{ ...always, sequence: '2', startMs: '100', last: 'true' }, `Bearer ${SECRET} 6400`],
      [{ ...always, sequence: '3', startMs: '300', last: 'false' }, `Bearer ${SECRET} 3200`],
      [{ ...always, sequence: '4', startMs: '400', last: 'true' }, `Bearer ${SECRET} 0`],
    ],
  )
})

test('[G96] http: a request on a connection that was closed meanwhile is sent once more', async () => {
  const server = await startHttpSpeechServer(countingEars())
  const engine = await createEngine({ name: 'http', url: server.url, vocabulary: [] }, 2)
  started.push({ server, engine })
  const { stream, heard } = await openStream(engine, 'en')
  server.faults.resetNext = true
  stream.write(new Int16Array(1_600))
  stream.finish()
  await heard.untilFinals(1)
  assert.deepEqual(heard.finals, ['one'])
  stream.close()
})

test('[G96] http: what waits is joined, to 5 s in a request, and only the last of an utterance says so', async () => {
  const server = await startHttpSpeechServer(countingEars())
  const engine = await createEngine({ name: 'http', url: server.url, vocabulary: [] }, 2)
  started.push({ server, engine })
  const { stream, heard } = await openStream(engine, 'en')
  const late = Promise.withResolvers<void>()
  server.faults.late = late.promise
  for (let chunk = 0; chunk < 121; chunk += 1) stream.write(new Int16Array(1_600))
  stream.finish()
  late.resolve()
  await heard.untilFinals(1)
  const sent = server.received.map((line) => `${line.split(' ').at(-1)} ${/last=(true|false)/.exec(line)?.[1]}`)
  assert.deepEqual(sent, ['0 false', '3200 false', '160000 false', '160000 false', '64000 true'])
  stream.close()
})

test('[G96] deepgram: the address says what the sound is, the language and each word to expect', async () => {
  const [request = ''] = await hear(startDeepgramServer, (url) => {
    return { name: 'deepgram', url: `${url}?mip_opt_out=true`, apiKey: SECRET, model: 'nova-3', languages, vocabulary }
  })
  const [target = '', ...authorization] = request.split(' ')
  const { searchParams } = new URL(target, 'http://localhost')
  assert.equal(authorization.join(' '), `Token ${SECRET}`)
  assert.deepEqual(searchParams.getAll('keyterm'), vocabulary)
  const { keyterm: _, ...query } = Object.fromEntries(searchParams)
  assert.deepEqual(query, {
    mip_opt_out: 'true',
    model: 'nova-3',
    language: 'en-AU',
    encoding: 'linear16',
    sample_rate: '16000',
    channels: '1',
    interim_results: 'true',
    punctuate: 'true',
    endpointing: '300',
  })
})

test('[G96] vosk: the rate is said first, and each utterance ends with the bytes that the server compares', async () => {
  const received = await hear(startVoskServer, (url) => ({ name: 'vosk', url }))
  const session = ['{"config":{"sample_rate":16000}}', '{"eof" : 1}']
  assert.deepEqual(
    received.filter((message) => message.startsWith('{')),
    [...session, ...session],
  )
})

for (const [model, shape, language] of [
  ['gpt-live-transcribe', 'current', { languages: ['en-AU'], keywords: vocabulary }],
  ['gpt-4o-transcribe', 'current', { language: 'en-AU', prompt: vocabulary.join(', ') }],
  ['gpt-realtime-whisper', 'current', { language: 'en-AU' }],
  ['whisper', 'flat', { language: 'en-AU', prompt: vocabulary.join(', ') }],
] as const) {
  test(`[G96] openai-realtime: ${model} is told the language and words in its own way`, async () => {
    const start = () => startRealtimeServer(countingEars(), { shape })
    const [request, update = ''] = await hear(start, (url) => {
      return { name: 'openai-realtime', url, apiKey: SECRET, model, shape, languages, vocabulary }
    })
    const inAddress = shape === 'flat' ? `&model=${model}` : ''
    assert.equal(request, `/v1/realtime?intent=transcription${inAddress} Bearer ${SECRET}`)
    const transcription = { model, ...language }
    const input = { format: { type: 'audio/pcm', rate: 24_000 }, transcription, turn_detection: null }
    const current = { type: 'transcription', audio: { input } }
    const flat = { input_audio_transcription: transcription, turn_detection: null }
    assert.deepEqual(JSON.parse(update), { type: 'session.update', session: shape === 'flat' ? flat : current })
  })
}

test('[G96] amazon-transcribe: the request names the language and the vocabulary, a language it has not is refused', async () => {
  const common = { name: 'amazon-transcribe', region: 'us-east-1', vocabularyName: 'ours' } as const
  const [headers = ''] = await hear(startTranscribeServer, (endpoint) => ({ ...common, endpoint, languages }))
  const expected = {
    'language-code': 'en-AU',
    'vocabulary-name': 'ours',
    'sample-rate': '16000',
    'media-encoding': 'pcm',
  }
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(JSON.parse(headers)[`x-amzn-transcribe-${name}`], value)
  }
  assert.ok(!headers.includes(SECRET))
  const engine = await createEngine({ ...common, languages: { en: 'klingon' } }, 1)
  const refused = await engine.open({ language: 'en', onText: () => undefined, onFailure: () => undefined })
  assert.ok('kind' in refused && refused.kind === 'refused')
  engine.close()
})

test('[G97] a session that ends while nobody speaks is replaced, unseen, when somebody does', async () => {
  const server = await startDeepgramServer(countingEars())
  const engine = await createEngine(
    { name: 'deepgram', url: server.url, apiKey: 'key', model: 'nova-3', vocabulary: [] },
    2,
    new SettableClock(),
  )
  started.push({ server, engine })
  const { stream, heard } = await openStream(engine, 'en')
  for (const count of [1, 2]) {
    stream.write(new Int16Array(3_200))
    stream.finish()
    await heard.untilFinals(count)
    server.dropClients()
    await eventually(() => assert.equal(server.connections, 0))
  }
  assert.deepEqual([heard.finals, heard.failures], [['one two', 'one two'], []])
  stream.close()
})

/** Has two utterances heard, of 300 and 100 ms; what the server received. */
async function hear(
  start: (ears: ReturnType<typeof countingEars>) => Promise<SpeechServer>,
  settings: (url: string) => EngineSettings,
): Promise<readonly string[]> {
  const server = await start(countingEars())
  const engine = await createEngine(settings(server.url), 2, systemClock)
  started.push({ server, engine })
  const { stream, heard } = await openStream(engine, 'en')
  for (const [index, chunks] of [3, 1].entries()) {
    for (let chunk = 0; chunk < chunks; chunk += 1) stream.write(new Int16Array(1_600))
    stream.finish()
    await heard.untilFinals(index + 1)
  }
  assert.deepEqual(heard.finals, ['one two three', 'one'])
  stream.close()
  return server.received
}
