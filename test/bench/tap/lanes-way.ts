import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { Captions } from '../../../media-node/captions/captions.ts'
import type { TapSource } from '../../../media-node/captions/speaker-captions.ts'
import { startThread } from '../../../media-node/captions/start-thread.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createLogger } from '../../../shared/logging.ts'
import { languageOf } from './door-engine.ts'
import type { SpeakerRoom } from './speakers.ts'
import { TapTimes } from './tap-times.ts'
import type { Way, WayOptions } from './way.ts'

type RunningLane = { readonly thread: Worker; readonly door: MessagePort }

const LOSSES = /_(malformed|duplicate|late|lost|undecodable|dropped|refused|failed)$/
const TAPPED_DEADLINE_MS = 20_000
const POLL_MS = 20
/** More than are ever measured, so that nobody waits for a turn. */
const MAX_STREAMS = 4_000

/** The product's own way: taps, lanes on threads, and behind them an engine that only notes what comes to its door. */
export async function lanesWay({
  rooms,
  firstTimestamps,
  packets,
  lanes,
}: WayOptions & { lanes: number }): Promise<Way> {
  const running: RunningLane[] = []
  const losses = new Map<string, number>()
  const times = new TapTimes(firstTimestamps, packets)
  const captions = await Captions.create({
    speech: {
      engine: { name: 'pocketsphinx', modelPath: '' },
      fallback: undefined,
      maxStreams: MAX_STREAMS,
      bufferMs: 30_000,
    },
    lanes,
    logger: createLogger({ name: 'bench', level: 'error' }),
    clock: systemClock,
    metrics: {
      observeStage: () => undefined,
      observeDelay: () => undefined,
      count: (counter, by) => {
        if (LOSSES.test(counter)) losses.set(counter, (losses.get(counter) ?? 0) + by)
      },
    },
    startThread: (settings) => {
      const { port1, port2 } = new MessageChannel()
      const thread = startThread(new URL('./lane-thread.ts', import.meta.url), {
        workerData: { ...settings, door: port2 },
        transferList: [port2],
      })
      running.push({ thread, door: port1 })
      return thread
    },
  })
  let stream = 0
  for (const room of rooms) stream = caption(captions, room, stream, times)
  await allTapped(captions, stream)
  return {
    name: 'lanes',
    tappedAt: times.at,
    losses: () => losses,
    async ownUse() {
      const uses = await Promise.all(running.map(({ thread }) => thread.cpuUsage()))
      return { cpuMs: uses.reduce((sum, { user, system }) => sum + (user + system) / 1_000, 0), memory: 0 }
    },
    arrivals: async () => await Promise.all(running.map(collect)),
    async stop() {
      await captions.close()
      for (const { door } of running) door.close()
    },
  }
}

/** @returns the number of the next room's first stream */
function caption(captions: Captions, { taps, producers }: SpeakerRoom, first: number, times: TapTimes): number {
  const numbers = new Map(producers.map((producer, index) => [producer.id, first + index]))
  const source: TapSource = {
    tap(producerId, onRtp) {
      const producer = producers.find(({ id }) => id === producerId)
      const stream = numbers.get(producerId)
      if (producer === undefined || stream === undefined) throw new Error('the room has no such producer')
      return taps.tap(producer, (packet) => {
        times.note(stream, packet)
        onRtp(packet)
      })
    },
  }
  const room = captions.room(source)
  room.addReader({ participantId: 'reader', language: 'en', notify: () => undefined })
  for (const [producerId, stream] of numbers) {
    const participantId = `speaker-${stream}`
    room.addSpeaker({ participantId, displayName: participantId, producerId, language: languageOf(stream) })
  }
  return first + producers.length
}

async function allTapped(captions: Captions, streams: number): Promise<void> {
  const giveUpAt = Date.now() + TAPPED_DEADLINE_MS
  while (captions.counts().decoders < streams) {
    if (Date.now() > giveUpAt) throw new Error(`only ${captions.counts().decoders} of ${streams} streams are tapped`)
    await wait(POLL_MS)
  }
}

async function collect({ door }: RunningLane): Promise<Float64Array> {
  const answered = once(door, 'message')
  door.postMessage('collect')
  const [cells] = await answered
  return cells
}
