import type { Consumer, ConsumerStat, Producer, ProducerStat, WebRtcTransport } from 'mediasoup/types'
import type { MediaKind } from '../../shared/protocol/rtp.ts'

/** How one stream of media does at a moment, as its worker and, of what is sent, its receiver say. */
export type StreamSample = {
  readonly direction: 'received' | 'sent'
  readonly kind: MediaKind
  /** Of the packets since the report before, from 0 to 1. */
  readonly lossRatio: number
  /** mediasoup's own: 10 is as good as can be, 0 is nothing. */
  readonly score: number
  /** RFC 3550 §6.4.1; only of what is received. */
  readonly jitterSeconds: number | undefined
  /** Only of what is sent, and once it was measured. */
  readonly roundTripSeconds: number | undefined
}

/** A look at one participant's media. The bytes are those since its transports exist. */
export type MediaSample = {
  readonly bytesReceived: number
  readonly bytesSent: number
  readonly streams: readonly StreamSample[]
}

export type SampledMedia = {
  readonly transports: readonly WebRtcTransport[]
  readonly producers: readonly Producer[]
  readonly consumers: readonly Consumer[]
}

/** RTCP's fraction is of 256 (RFC 3550 §6.4.1). */
const WHOLE_FRACTION = 256

/** Asks the worker once for each of these. Rejects when one of them has closed. */
export async function sampleMedia({ transports, producers, consumers }: SampledMedia): Promise<MediaSample> {
  const [bytes, received, sent] = await Promise.all([
    Promise.all(transports.map((transport) => transport.getStats())),
    Promise.all(producers.map(receivedStreams)),
    Promise.all(consumers.map(sentStreams)),
  ])
  const reports = bytes.flat()
  return {
    bytesReceived: reports.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
    bytesSent: reports.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
    streams: [...received.flat(), ...sent.flat()],
  }
}

/** One for each simulcast layer. */
async function receivedStreams(producer: Producer): Promise<StreamSample[]> {
  const clockRate = producer.rtpParameters.codecs[0]?.clockRate
  return (await producer.getStats()).map((stat) => ({
    ...common(stat),
    direction: 'received',
    kind: producer.kind,
    jitterSeconds: clockRate && stat.jitter / clockRate,
    roundTripSeconds: undefined,
  }))
}

/** The statistics of a consumer bring those of its producer along, which are told by the producer itself. */
async function sentStreams(consumer: Consumer): Promise<StreamSample[]> {
  const stats = await consumer.getStats()
  return stats
    .filter(({ type }) => type === 'outbound-rtp')
    .map((stat) => ({
      ...common(stat),
      direction: 'sent',
      kind: consumer.kind,
      jitterSeconds: undefined,
      roundTripSeconds: stat.roundTripTime ? stat.roundTripTime / 1_000 : undefined,
    }))
}

function common({ fractionLost, score }: ProducerStat | ConsumerStat): Pick<StreamSample, 'lossRatio' | 'score'> {
  return { lossRatio: fractionLost / WHOLE_FRACTION, score }
}
