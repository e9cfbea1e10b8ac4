import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CaptionCounter } from '../../../media-node/captions/caption-metrics.ts'
import { EngineSupply } from '../../../media-node/captions/engine-supply.ts'
import { LaneTally } from '../../../media-node/captions/lane-tally.ts'
import { LaneWork } from '../../../media-node/captions/lane-work.ts'
import { OpusDecoder } from '../../../media-node/captions/opus-decoder.ts'
import { PacketBatchWriter } from '../../../media-node/captions/packet-batch.ts'
import { SeededRandom } from '../../seeded-random.ts'
import { rtpSpeech, type TimedRtp } from '../../speech/rtp-speech.ts'
import { SettableClock } from '../shared/settable-clock.ts'
import { ScriptedEngine } from './scripted-engine.ts'
import { joined } from './speech-like.ts'

const SPEAKERS = 100
const LEVEL_ID = 6
/** Noise whose amplitude is so much is at about −90, −80 and −70 dBov. */
const AMPLITUDES = [4, 11, 36]

test('[G72] a hundred silent speakers cost the engine nothing, and are not even decoded where they state their level', async (t) => {
  const decoded = t.mock.method(OpusDecoder.prototype, 'decode')
  for (const dtx of [0, 1] as const) {
    const { engine, counts } = await heardIn({ audioLevelId: LEVEL_ID, sent: comfortNoise(dtx) })
    assert.ok((counts.get('audio_received_ms') ?? 0) > 0)
    assert.equal(engine.opened, 0)
    assert.equal(counts.get('audio_recognised_ms'), undefined)
    assert.equal(decoded.mock.callCount(), 0)
  }
})

test('[G72] a hundred silent speakers who state no level cost the engine nothing either', async () => {
  for (const dtx of [0, 1] as const) {
    const { engine, counts } = await heardIn({ audioLevelId: undefined, sent: comfortNoise(dtx) })
    assert.ok((counts.get('audio_received_ms') ?? 0) > 0)
    assert.equal(engine.opened, 0)
    assert.equal(counts.get('audio_recognised_ms'), undefined)
  }
})

function comfortNoise(dtx: 0 | 1): TimedRtp[] {
  const random = new SeededRandom(7)
  const noise = AMPLITUDES.map((amplitude) =>
    Int16Array.from({ length: 48_000 }, () => Math.round(amplitude * (random.next() - 0.5))),
  )
  return rtpSpeech(joined(...noise), { ssrc: 1, dtx })
}

async function heardIn({ audioLevelId, sent }: { audioLevelId: number | undefined; sent: readonly TimedRtp[] }) {
  const clock = new SettableClock()
  const engine = new ScriptedEngine()
  const counts = new Map<CaptionCounter, number>()
  const start = clock.now()
  const surroundings = { tally: new LaneTally(), clock, random: () => 0.5 }
  const supply = new EngineSupply({
    ...surroundings,
    engine: { name: 'scripted', create: async () => engine },
    fallback: undefined,
    changed: () => undefined,
  })
  await supply.start()
  const lane = new LaneWork({
    ...surroundings,
    supply,
    maxStreams: SPEAKERS,
    bufferMs: 30_000,
    post: (message) => {
      if (message.kind !== 'report') return
      for (const [name, by] of message.report.counts) counts.set(name, (counts.get(name) ?? 0) + by)
    },
    now: () => clock.now(),
    schedule: (task) => task(),
  })
  for (let stream = 0; stream < SPEAKERS; stream += 1) {
    lane.handle({ kind: 'open', stream, options: { language: 'en', audioLevelId } })
  }
  for (const { packet, atMs } of sent) {
    clock.advance(start + atMs - clock.now())
    const batch = new PacketBatchWriter()
    for (let stream = 0; stream < SPEAKERS; stream += 1) batch.add(stream, clock.now(), packet)
    lane.handle({ kind: 'packets', batch: batch.take(), handedAt: clock.now() })
  }
  clock.advance(1_000)
  lane.close()
  return { engine, counts }
}
