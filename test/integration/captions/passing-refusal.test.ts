import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEngine } from '../../../media-node/captions/create-engine.ts'
import { EngineSupply } from '../../../media-node/captions/engine-supply.ts'
import { EngineTurns } from '../../../media-node/captions/engine-turns.ts'
import { LaneTally } from '../../../media-node/captions/lane-tally.ts'
import { monotonicMs } from '../../../media-node/captions/monotonic-clock.ts'
import { Recognition } from '../../../media-node/captions/recognition.ts'
import { StreamSlots } from '../../../media-node/captions/stream-slots.ts'
import { countingEars } from '../../speech-servers/hearing.ts'
import { startHttpSpeechServer } from '../../speech-servers/http-speech-server.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { eventually } from './eventually.ts'

/** Each look moves the clock by so much: little, since a request has its deadline on the same clock. */
const STEP_MS = 100

for (const status of [404, 401, 402, 403]) {
  test(`[G345] a service that answers ${status} for a while: once it is back, everybody has captions by themselves`, async (t) => {
    const server = await startHttpSpeechServer(countingEars())
    t.after(() => server.close())
    const clock = new SettableClock()
    const settings = { name: 'http', url: server.url, vocabulary: [] } as const
    const surroundings = { clock, tally: new LaneTally(), random: () => 0.5, now: () => clock.now() }
    const supply = new EngineSupply({
      ...surroundings,
      engine: { name: 'http', create: () => createEngine(settings, 4, clock) },
      fallback: undefined,
      changed: () => undefined,
    })
    const room = {
      supply,
      slots: new StreamSlots(4),
      turns: new EngineTurns({ schedule: setImmediate, now: monotonicMs }),
    }
    const speakers = ['ana', 'ben'].map(() => {
      const finals: string[] = []
      const told: string[] = []
      const recognition = new Recognition({
        ...{ ...surroundings, ...room, language: 'en', bufferMs: 30_000, resumed: undefined },
        onCaption: ({ text, final }) => void (final && finals.push(text)),
        onStatus: (now) => told.push(now.status),
      })
      return { recognition, finals, told }
    })
    const everybodySays = () => {
      for (const { recognition } of speakers) {
        recognition.begin(clock.now(), clock.now())
        recognition.write({ pcm: new Int16Array(1_600), heardUntil: clock.now(), readyAt: clock.now() })
        recognition.end()
      }
    }
    server.faults.status = status
    everybodySays()
    await eventually(() => {
      clock.advance(STEP_MS)
      for (const { told } of speakers) assert.equal(told.at(-1), 'failed')
    })
    delete server.faults.status
    await eventually(() => {
      clock.advance(STEP_MS)
      for (const { finals, told } of speakers) assert.deepEqual([finals, told.at(-1)], [['one'], 'resumed'])
    })
    for (const { recognition } of speakers) recognition.close()
    supply.close()
  })
}
