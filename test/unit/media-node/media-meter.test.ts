import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { MEDIA_SAMPLE_INTERVAL_MS, MediaMeter, SAMPLED_AT_ONCE } from '../../../media-node/media-meter.ts'
import type { MediaSample, StreamSample } from '../../../media-node/sfu/media-sample.ts'
import { SettableClock } from '../shared/settable-clock.ts'

const stream: StreamSample = {
  direction: 'sent',
  kind: 'audio',
  lossRatio: 0.25,
  score: 9,
  jitterSeconds: undefined,
  roundTripSeconds: 0.02,
}

/** Somebody whose media is looked at, and how often that was. */
class Sampled {
  looks = 0
  answer: () => Promise<MediaSample>

  constructor(sample: Partial<MediaSample> = {}) {
    this.answer = async () => ({ bytesReceived: 0, bytesSent: 0, streams: [], ...sample })
  }

  sampleMedia(): Promise<MediaSample> {
    this.looks += 1
    return this.answer()
  }
}

function meterOf(participants: readonly Sampled[]) {
  const clock = new SettableClock()
  const counted = { received: 0, sent: 0, streams: [] as StreamSample[] }
  const meter = new MediaMeter({
    participants: () => participants,
    metrics: {
      received: (bytes) => {
        counted.received += bytes
      },
      sent: (bytes) => {
        counted.sent += bytes
      },
      observe: (seen) => counted.streams.push(seen),
    },
    clock,
  })
  const round = async (ms = MEDIA_SAMPLE_INTERVAL_MS) => {
    clock.advance(ms)
    for (let turn = 0; turn < 3; turn += 1) await setImmediate()
  }
  return { clock, counted, meter, round }
}

test('[M120] each look at the media asks no more than so many, in turn, however many there are', async () => {
  const all = Array.from({ length: 2 * SAMPLED_AT_ONCE + 1 }, () => new Sampled())
  const { round } = meterOf(all)
  const looks = () => all.reduce((sum, { looks }) => sum + looks, 0)
  await round()
  assert.equal(looks(), SAMPLED_AT_ONCE)
  await round()
  assert.equal(looks(), 2 * SAMPLED_AT_ONCE)
  await round()
  assert.ok(all.every((one) => one.looks === 1))
  await round()
  assert.deepEqual([all[0]?.looks, all.at(-1)?.looks], [2, 1])
})

test('[M121] bytes are counted once, and how streams do at each look', async () => {
  const one = new Sampled({ bytesReceived: 100, bytesSent: 1_000, streams: [stream] })
  const { counted, round } = meterOf([one])
  await round()
  assert.deepEqual(counted, { received: 100, sent: 1_000, streams: [stream] })
  one.answer = async () => ({ bytesReceived: 150, bytesSent: 1_000, streams: [] })
  await round()
  assert.deepEqual([counted.received, counted.sent], [150, 1_000])
})

test('[M122] who goes, or whose worker says nothing, is left out and holds nobody up for longer than a deadline', async () => {
  const [gone, silent, here] = [new Sampled(), new Sampled(), new Sampled({ bytesReceived: 5 })]
  gone.answer = () => Promise.reject(new Error('closed'))
  silent.answer = () => new Promise(() => undefined)
  const { counted, round } = meterOf([gone, silent, here])
  await round()
  assert.equal(counted.received, 5)
  await round()
  assert.equal(here.looks, 1, 'the next look waits for the silent one until its deadline')
  await round()
  assert.equal(here.looks, 2)
})

test('[M123] a meter that is closed looks no more', async () => {
  const one = new Sampled()
  const { clock, meter, round } = meterOf([one])
  meter.close()
  await round()
  assert.deepEqual([one.looks, clock.waiting], [0, 0])
})
