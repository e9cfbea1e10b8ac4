import manifest from '../package.json' with { type: 'json' }
import { MetricRegistry } from '../shared/metric-registry.ts'
import { type RegistryFault, registryFaults } from '../shared/node-registry/registry-fault.ts'
import type { CaptionMetrics } from './captions/caption-metrics.ts'
import type { MediaMetrics } from './media-meter.ts'
import { createCaptionMetrics } from './metrics/create-caption-metrics.ts'
import { createMediaMetrics } from './metrics/create-media-metrics.ts'
import { createSfuMetrics } from './metrics/create-sfu-metrics.ts'
import { createSignallingMetrics } from './metrics/create-signalling-metrics.ts'
import { createTranscriptMetrics } from './metrics/create-transcript-metrics.ts'
import { countNames, type NodeCounts } from './node-counts.ts'
import type { SfuMetrics } from './sfu/sfu-metrics.ts'
import type { SignallingMetrics } from './signalling/signalling-metrics.ts'
import type { TranscriptMetrics } from './transcripts/transcript-metrics.ts'

export type MetricsSources = {
  readonly counts: () => NodeCounts
  readonly load: () => number
  readonly draining: () => boolean
  readonly heartbeatAgeSeconds: () => number
  readonly workersWanted: number
  readonly lanesWanted: number
  /** By each engine: the lanes that use it, and those that leave it alone because it fails. */
  readonly engines: () => readonly { readonly engine: string; readonly used: number; readonly resting: number }[]
}

/** What this media node counts. */
export type Metrics = {
  readonly sfu: SfuMetrics
  readonly media: MediaMetrics
  readonly signalling: SignallingMetrics
  readonly captions: CaptionMetrics
  readonly transcripts: TranscriptMetrics
  /** A join token of an allocation that is past was refused. */
  staleTokenRefused(): void
  workerDied(): void
  registryFault(reason: RegistryFault): void
  /** Reads gauges from these whenever the metrics are asked for. Called once. */
  watch(sources: MetricsSources): void
  readonly contentType: string
  /** In Prometheus' text format. */
  text(): Promise<string>
}

export function createMetrics(): Metrics {
  const registry = new MetricRegistry(manifest.version)
  const staleTokens = registry.count('stale_tokens_refused', 'Join tokens of an older epoch that were refused')
  const workers = registry.count('worker_deaths', 'Media workers that died')
  const faults = registry.counter(
    'registry_faults',
    'Faults of the node registry and of connections to it, by the reason',
    {
      reason: registryFaults,
    },
  )
  return {
    sfu: createSfuMetrics(registry),
    media: createMediaMetrics(registry),
    signalling: createSignallingMetrics(registry),
    captions: createCaptionMetrics(registry),
    transcripts: createTranscriptMetrics(registry),
    staleTokenRefused: () => staleTokens(),
    workerDied: () => workers(),
    registryFault: (reason) => faults({ reason }),
    watch: (sources) => watchAll(registry, sources),
    contentType: registry.contentType,
    text: () => registry.text(),
  }
}

const gaugeHelps: Readonly<Record<keyof NodeCounts, string>> = {
  connections: 'Signalling connections, open or closing',
  workers: 'Media workers that run',
  rooms: 'Rooms',
  participants: 'Participants',
  suspendedParticipants: 'Participants whose connection broke and may still come back',
  transports: 'WebRTC transports, and the direct transports of taps',
  producers: 'Tracks that come in',
  consumers: 'Tracks that go out',
  taps: "Speakers' tracks that go to recognition",
  captionLanes: 'Threads that carry captions',
  captionStreams: 'Streams of speech under recognition',
  captionDecoders: 'Opus decoders',
  captionRecognisers: 'Recognisers of the speech-to-text engine',
}

function watchAll(registry: MetricRegistry, sources: MetricsSources): void {
  const { counts, load, draining, heartbeatAgeSeconds, workersWanted, lanesWanted, engines } = sources
  registry.watch('draining', 'Whether this media node is being emptied: 1 or 0', () => Number(draining()))
  const age = 'Time since the registry last heard of this media node'
  registry.watch('heartbeat_age_seconds', age, heartbeatAgeSeconds)
  registry.watch('load_ratio', 'How busy this media node is: 0 is idle, 1 is full', load)
  registry.watch('workers_wanted', 'Media workers that should run', () => workersWanted)
  registry.watch('caption_lanes_wanted', 'Threads that should carry captions', () => lanesWanted)
  for (const name of countNames) {
    const snakeCase = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    registry.watch(snakeCase, gaugeHelps[name], () => counts()[name])
  }
  registry.watchEach(
    'caption_engine_lanes',
    'Threads that use a speech-to-text engine, or leave it alone for a while because it fails',
    () =>
      engines().flatMap(({ engine, used, resting }) => [
        { labels: { engine, state: 'used' }, value: used },
        { labels: { engine, state: 'resting' }, value: resting },
      ]),
    ['engine', 'state'],
  )
}
