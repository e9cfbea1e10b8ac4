import type { MetricRegistry } from '../../shared/metric-registry.ts'
import { mediaKind } from '../../shared/protocol/rtp.ts'
import type { MediaMetrics } from '../media-meter.ts'

const LOSS_BUCKETS = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
const JITTER_BUCKETS_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5]
const ROUND_TRIP_BUCKETS_SECONDS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2]
const SCORE_BUCKETS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

const SAMPLED = 'sampled in turn from all participants'

export function createMediaMetrics(registry: MetricRegistry): MediaMetrics {
  const kinds = mediaKind.options.map((kind) => ({ kind }))
  const ways = (['received', 'sent'] as const).flatMap((direction) => kinds.map(({ kind }) => ({ direction, kind })))
  const losses = registry.histograms('media_loss_ratio', `Packets lost on the network, from 0 to 1, ${SAMPLED}`, {
    buckets: LOSS_BUCKETS,
    labelNames: ['direction', 'kind'],
    fromStart: ways,
  })
  const scores = registry.histograms('media_score', `mediasoup's score of streams, 10 being the best, ${SAMPLED}`, {
    buckets: SCORE_BUCKETS,
    labelNames: ['direction', 'kind'],
    fromStart: ways,
  })
  const jitters = registry.histograms('media_jitter_seconds', `Jitter of what participants send, ${SAMPLED}`, {
    buckets: JITTER_BUCKETS_SECONDS,
    labelNames: ['kind'],
    fromStart: kinds,
  })
  const roundTrips = registry.histogram(
    'media_round_trip_seconds',
    `From the media node to a participant and back, ${SAMPLED}`,
    ROUND_TRIP_BUCKETS_SECONDS,
  )
  return {
    received: registry.count('media_received_bytes', `Bytes from participants, counted when they are ${SAMPLED}`),
    sent: registry.count('media_sent_bytes', `Bytes to participants, counted when they are ${SAMPLED}`),
    observe({ direction, kind, lossRatio, score, jitterSeconds, roundTripSeconds }) {
      losses({ direction, kind }, lossRatio)
      scores({ direction, kind }, score)
      if (jitterSeconds !== undefined) jitters({ kind }, jitterSeconds)
      if (roundTripSeconds !== undefined) roundTrips(roundTripSeconds)
    },
  }
}
