import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEngine } from '../../../media-node/captions/create-engine.ts'
import type { EngineSettings } from '../../../media-node/captions/engine-settings.ts'
import { startDeepgramServer } from '../../speech-servers/deepgram-server.ts'
import { countingEars, type Ears } from '../../speech-servers/hearing.ts'
import type { SpeechServer } from '../../speech-servers/speech-server.ts'
import { startVoskServer } from '../../speech-servers/vosk-server.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { openStream } from './listener.ts'

/** As engines divide it, with a Latin word in it; it is longer than a span of Deepgram's, and ends in the next one. */
const TOKENS = [
  '明日',
  'は',
  'Tokyo',
  'の',
  '天気',
  'が',
  'とても',
  'いい',
  'です',
  'ね。',
  '傘',
  'は',
  'いり',
  'ませ',
  'ん。',
  'では',
  '駅',
  'で。',
]
const WRITTEN = '明日は Tokyo の天気がとてもいいですね。傘はいりません。では駅で。'

type Server = { start(ears: Ears): Promise<SpeechServer>; settings(url: string): EngineSettings }
const servers: Readonly<Record<string, Server>> = {
  deepgram: {
    start: startDeepgramServer,
    settings: (url) => ({ name: 'deepgram', url, apiKey: 'key', model: 'nova-3', vocabulary: [] }),
  },
  ...Object.fromEntries(
    (['plain', 'alternatives', 'words'] as const).map((shape): [string, Server] => [
      `vosk (${shape})`,
      {
        start: (ears) => startVoskServer(ears, 0, shape),
        settings: (url) => ({ name: 'vosk', url, languages: { ja: 'ja' } }),
      },
    ]),
  ),
}

for (const [label, { start, settings }] of Object.entries(servers)) {
  test(`[G397] ${label}: Japanese is read as it is written, without the spaces that the engine puts between its words`, async (t) => {
    const server = await start(countingEars(TOKENS))
    t.after(() => server.close())
    const engine = await createEngine(settings(server.url), 2, new SettableClock())
    const { stream, heard } = await openStream(engine, 'ja')
    for (const _ of TOKENS) stream.write(new Int16Array(1_600))
    stream.finish()
    await heard.untilFinals(1)
    assert.deepEqual(heard.finals, [WRITTEN])
    for (const { text } of heard.texts) assert.ok(WRITTEN.startsWith(text), text)
    stream.close()
    engine.close()
  })
}
