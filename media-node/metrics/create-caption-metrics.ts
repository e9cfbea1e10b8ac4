import type { MetricRegistry } from '../../shared/metric-registry.ts'
import {
  CAPTION_COUNTERS,
  type CaptionCounter,
  type CaptionMetrics,
  captionStages,
  shownTexts,
} from '../captions/caption-metrics.ts'

const STAGE_BUCKETS_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]
const DELAY_BUCKETS_SECONDS = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2, 5, 10, 30]

export function createCaptionMetrics(registry: MetricRegistry): CaptionMetrics {
  const stages = registry.histograms('caption_stage_duration_seconds', 'How long each stage of a caption takes', {
    buckets: STAGE_BUCKETS_SECONDS,
    labelNames: ['stage'],
    fromStart: captionStages.map((stage) => ({ stage })),
  })
  const delays = registry.histograms(
    'caption_delay_seconds',
    'From the capture of the last sound in a text to the text on its way to the readers',
    { buckets: DELAY_BUCKETS_SECONDS, labelNames: ['text'], fromStart: shownTexts.map((text) => ({ text })) },
  )
  const counters = new Map(CAPTION_COUNTERS.map((name) => [name, captionCounter(registry, name)]))
  return {
    observeStage: (stage, seconds) => stages({ stage }, seconds),
    observeDelay: (text, seconds) => delays({ text }, seconds),
    count: (name, by) => counters.get(name)?.(by),
  }
}

/** Prometheus counts time in seconds. */
function captionCounter(registry: MetricRegistry, name: CaptionCounter): (by: number) => void {
  const milliseconds = name.endsWith('_ms')
  const unitName = milliseconds ? name.replace(/_ms$/, '_seconds') : name
  const counted = registry.count(`caption_${unitName}`, `Captions: ${unitName.replaceAll('_', ' ')}`)
  return (by) => counted(milliseconds ? by / 1_000 : by)
}
