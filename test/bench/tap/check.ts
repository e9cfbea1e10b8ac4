import { decodedIndependently } from '../../unit/captions/independent-decoder.ts'
import { type Arrival, pcmHash } from './door-log.ts'
import type { SenderStream } from './sender-plan.ts'
import type { SpeechTrack } from './speech-track.ts'
import type { Way } from './way.ts'

/** What became of the sound of all streams on its way to the door. What a stream that lost some says otherwise counts nowhere. */
export type Verdict = {
  readonly chunks: number
  readonly lostChunks: number
  /** Of the chunks that came, how many an independent decoder says otherwise; undefined where the way changes the sound. */
  readonly different: number | undefined
  /** From when the last packet of a chunk reached the main thread until the chunk was at the door, in milliseconds. */
  readonly fromTap: readonly number[]
  /** The same from when that packet was sent. */
  readonly fromWire: readonly number[]
}

/** Everything that was sent on one stream, and when. */
export type SentStream = { readonly payloads: readonly Uint8Array[]; readonly sentAt: Float64Array }

/** Where a chunk's last sample lies. */
type PlacedChunk = { readonly arrival: Arrival; readonly lastPacket: number; readonly exact: boolean }

const PACKET_SAMPLES = 320
const CHUNK_SAMPLES = 1_600
/** An utterance whose first chunk has come began at most so many packets before. */
const LOOK_BACK_PACKETS = 250

export function sentStream({ firstFrame }: SenderStream, track: SpeechTrack, sentAt: Float64Array): SentStream {
  const payloads = Array.from(
    sentAt,
    (_, frame) => track[(firstFrame + frame) % track.length]?.payload ?? new Uint8Array(),
  )
  return { payloads, sentAt }
}

/** @param from chunks that came before this are left out of the times */
export function verdict(
  way: Pick<Way, 'name' | 'tappedAt'>,
  sent: readonly SentStream[],
  arrivals: readonly Arrival[],
  from: number,
): Verdict {
  const byStream = Map.groupBy(arrivals, ({ stream }) => stream)
  const fromTap: number[] = []
  const fromWire: number[] = []
  let [chunks, lostChunks, different] = [0, 0, 0]
  for (const [index, stream] of sent.entries()) {
    const came = byStream.get(index) ?? []
    const due = stream.payloads.length * PACKET_SAMPLES - (way.name === 'ffmpeg' ? CHUNK_SAMPLES : 0)
    const missing = due - came.reduce((sum, { samples }) => sum + samples, 0)
    const lost = Math.max(
      0,
      way.name === 'lanes' ? Math.ceil(missing / CHUNK_SAMPLES) : Math.floor(missing / CHUNK_SAMPLES),
    )
    chunks += came.length + lost
    lostChunks += lost
    if (lost > 0) continue
    for (const { arrival, lastPacket, exact } of placed(stream, came, way.name === 'ffmpeg')) {
      if (!exact) different += 1
      // What is left over when the sender ends waits until its end is noticed, which is not this way's time.
      if (arrival.at < from || arrival === came.at(-1)) continue
      fromTap.push(arrival.at - (way.tappedAt[index]?.[lastPacket] ?? Number.NaN))
      fromWire.push(arrival.at - (stream.sentAt[lastPacket] ?? Number.NaN))
    }
  }
  const changes = way.name === 'ffmpeg'
  return { chunks, lostChunks, different: changes ? undefined : different, fromTap: changes ? [] : fromTap, fromWire }
}

function placed(stream: SentStream, came: readonly Arrival[], changesSound: boolean): PlacedChunk[] {
  let follows = 0
  return [...Map.groupBy(came, ({ utterance }) => utterance).values()].flatMap((chunks) => {
    const begin = changesSound ? 0 : beginningOf(stream, chunks, follows)
    const packets = Math.ceil(chunks.reduce((sum, { samples }) => sum + samples, 0) / PACKET_SAMPLES)
    const pcm = changesSound ? new Int16Array() : decoded(stream, begin, packets)
    follows = begin + packets
    let end = 0
    return chunks.map((arrival) => {
      const start = end
      end += arrival.samples
      const lastPacket = begin + Math.floor((end - 1) / PACKET_SAMPLES)
      return { arrival, lastPacket, exact: changesSound || pcmHash(pcm.subarray(start, end)) === arrival.hash }
    })
  })
}

/** The packet at which an utterance begins: the one from which on a new decoder says the same. `follows` is tried first. */
function beginningOf(stream: SentStream, [first]: readonly Arrival[], follows: number): number {
  if (first === undefined) return follows
  const packets = Math.ceil(first.samples / PACKET_SAMPLES)
  const begins = (candidate: number) =>
    pcmHash(decoded(stream, candidate, packets).subarray(0, first.samples)) === first.hash
  const last = stream.sentAt.findLastIndex((at) => at < first.at)
  const candidates = Array.from({ length: Math.min(last + 1, LOOK_BACK_PACKETS) }, (_, back) => last - back)
  return [follows, ...candidates].find(begins) ?? follows
}

function decoded({ payloads }: SentStream, first: number, packets: number): Int16Array {
  const pcm = new Int16Array(packets * PACKET_SAMPLES)
  decodedIndependently(payloads.slice(first, first + packets)).forEach((sound, index) => {
    pcm.set(sound, index * PACKET_SAMPLES)
  })
  return pcm
}
