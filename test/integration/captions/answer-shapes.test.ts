import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEngine } from '../../../media-node/captions/create-engine.ts'
import { countingEars } from '../../speech-servers/hearing.ts'
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
