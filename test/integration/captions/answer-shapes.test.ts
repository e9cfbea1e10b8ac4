import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createEngine } from '../../../media-node/captions/create-engine.ts'
import { countingEars } from '../../speech-servers/hearing.ts'
import { remoteEngines } from '../../speech-servers/remote-engines.ts'
import { startVoskServer } from '../../speech-servers/vosk-server.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { openStream } from './listener.ts'

for (const shape of ['plain', 'alternatives', 'words', 'voices'] as const) {
  test(`[G350] vosk: an utterance has its text from a server that answers in the shape “${shape}”`, async (t) => {
    const server = await startVoskServer(countingEars(), 0, shape)
    t.after(() => server.close())
    const engine = await createEngine({ name: 'vosk', url: server.url }, 2, new SettableClock())
    const { stream, heard } = await openStream(engine, 'en')
    for (let utterance = 0; utterance < 2; utterance += 1) {
      for (let chunk = 0; chunk < 3; chunk += 1) stream.write(new Int16Array(1_600))
      stream.finish()
    }
    await heard.untilFinals(2)
    assert.deepEqual(heard.finals, ['one two three', 'one two three'])
    assert.deepEqual(heard.failures, [])
    stream.close()
    engine.close()
  })
}

const remote = (label: string) => remoteEngines.find((engine) => engine.label === label) ?? assert.fail(label)

/** A stream to a server that sends these messages before each answer, and one utterance said into it. */
async function sayBeside(t: TestContext, label: string, also: readonly string[]) {
  const { start, settings } = remote(label)
  const server = await start(countingEars())
  t.after(() => server.close())
  server.faults.also = also
  const engine = await createEngine(settings(server.url), 2, new SettableClock())
  const { stream, heard } = await openStream(engine, 'en')
  t.after(() => {
    stream.close()
    engine.close()
  })
  for (let chunk = 0; chunk < 3; chunk += 1) stream.write(new Int16Array(1_600))
  stream.finish()
  return heard
}

const UNKNOWN = ['{"type":"NewsOfNextYear","more":[1]}', '{"without":"a type"}']

for (const label of ['deepgram', 'openai-realtime (current)', 'openai-realtime (flat)']) {
  test(`[G351] ${label}: messages of kinds that nobody knows are passed over and counted, and the text comes`, async (t) => {
    const heard = await sayBeside(t, label, UNKNOWN)
    await heard.untilFinals(1)
    assert.deepEqual([heard.finals, heard.failures], [['one two three'], []])
    assert.ok(heard.ignored > 0 && heard.ignored % UNKNOWN.length === 0, `${heard.ignored}`)
  })
}

const transcription = 'conversation.item.input_audio_transcription'
const documented = {
  deepgram: [
    { type: 'SpeechStarted', channel: [0], timestamp: 0.1 },
    { type: 'UtteranceEnd', channel: [0, 1], last_word_end: 0.2 },
    { type: 'Metadata', request_id: 'a', duration: 0.3, channels: 1 },
    { type: 'Warning', code: 'a', description: 'b' },
    { type: 'Results', start: 0, duration: 0, is_final: false, speech_final: false, channel: { alternatives: [] } },
  ],
  'openai-realtime (current)': [
    { type: 'conversation.item.added', item: { id: 'other' } },
    { type: 'input_audio_buffer.speech_started', item_id: 'other', audio_start_ms: 1 },
    { type: `${transcription}.segment`, item_id: 'other', id: 'a', text: 'b', start: 0, end: 1 },
  ],
  'amazon-transcribe': [
    {},
    { Transcript: {} },
    { Transcript: { Results: [] } },
    { Transcript: { Results: [{ ResultId: 'b', IsPartial: true, Alternatives: [] }, { IsPartial: false }] } },
  ],
} satisfies Readonly<Record<string, readonly object[]>>

for (const [label, messages] of Object.entries(documented)) {
  test(`[G352] ${label}: documented messages without a text spoil no text, and are not counted as unknown`, async (t) => {
    const also = messages.map((message) => JSON.stringify(message))
    const heard = await sayBeside(t, label, also)
    await heard.untilFinals(1)
    assert.deepEqual([heard.finals, heard.failures, heard.ignored], [['one two three'], [], 0])
  })
}

const errors: readonly [label: string, message: object, kind: string][] = [
  ['deepgram', { type: 'Error', description: 'a', message: 'b', variant: 'INTERNAL' }, 'unreachable'],
  ['deepgram', { type: 'Error', err_code: 'INVALID_AUTH', err_msg: 'a' }, 'refused'],
  ['deepgram', { err_code: 'ASR_PAYMENT_REQUIRED', err_msg: 'a', request_id: 'b' }, 'refused'],
  ['deepgram', { err_code: 'TOO_MANY_REQUESTS', err_msg: 'a', request_id: 'b' }, 'overloaded'],
  ['openai-realtime (current)', { type: 'error', error: { type: 'server_error', code: null } }, 'unreachable'],
  [
    'openai-realtime (current)',
    { type: 'error', error: { type: 'tokens', code: 'rate_limit_exceeded' } },
    'overloaded',
  ],
  ['openai-realtime (flat)', { type: 'error', error: { type: 'BadRequestError', code: 429 } }, 'overloaded'],
  ['openai-realtime (flat)', { type: 'error', error: 'no', code: 'invalid_api_key' }, 'refused'],
  [
    'openai-realtime (current)',
    { type: `${transcription}.failed`, item_id: 'a', error: { type: 'x', code: 'insufficient_quota' } },
    'refused',
  ],
]

for (const [label, message, kind] of errors) {
  test(`[G353] ${label}: the error ${JSON.stringify(message)} means ${kind}`, async (t) => {
    const heard = await sayBeside(t, label, [JSON.stringify(message)])
    assert.equal((await heard.untilFailure()).kind, kind)
  })
}
