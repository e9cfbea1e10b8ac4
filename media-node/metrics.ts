import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { CAPTION_COUNTERS, type CaptionCounter, type CaptionMetrics } from './captions/caption-metrics.ts'
import { countNames, type NodeCounts } from './node-counts.ts'
import type { RoomCloseReason } from './sfu/close-reason.ts'
import type { MigrationOutcome, MigrationReason } from './sfu/room-migration.ts'
import type { SignallingMetrics } from './signalling/signalling-metrics.ts'
import type { TranscriptMetrics, Waiting } from './transcripts/transcript-metrics.ts'

const REQUEST_BUCKETS_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
const CAPTION_BUCKETS_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]

export type MetricsSources = {
  readonly counts: () => NodeCounts
  readonly load: () => number
  readonly draining: () => boolean
  readonly heartbeatAgeSeconds: () => number
}

/** What this media node counts. Every label has a closed set of values; nothing a client sends becomes one. */
export type Metrics = {
  readonly signalling: SignallingMetrics
  readonly captions: CaptionMetrics
  readonly transcripts: TranscriptMetrics
  roomClosed(reason: RoomCloseReason): void
  roomMoved(): void
  /** A join token of an allocation that is past was refused. */
  staleTokenRefused(): void
  migrated(reason: MigrationReason, outcome: MigrationOutcome): void
  workerDied(): void
  /** Reads gauges from these whenever the metrics are asked for. Called once. */
  watch(sources: MetricsSources): void
  readonly contentType: string
  /** In Prometheus' text format. */
  text(): Promise<string>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `jbcalling_${name}_total`, help, labelNames, registers: [registry] })
  const rooms = counter('rooms_closed', 'Rooms that ended, by reason', 'reason')
  const roomsMoved = counter('rooms_moved', 'Rooms that turned out to be served by another media node')
  const staleTokens = counter('stale_tokens_refused', 'Join tokens of an older epoch that were refused')
  const migrations = counter(
    'migrations',
    'Participants asked to follow their room to another media node, and what became of them',
    'reason',
    'outcome',
  )
  const workers = counter('worker_deaths', 'Media workers that died')
  return {
    signalling: signallingMetrics(registry, counter),
    captions: captionMetrics(registry, counter),
    transcripts: transcriptMetrics(registry, counter),
    roomClosed: (reason) => rooms.inc({ reason }),
    roomMoved: () => roomsMoved.inc(),
    staleTokenRefused: () => staleTokens.inc(),
    migrated: (reason, outcome) => migrations.inc({ reason, outcome }),
    workerDied: () => workers.inc(),
    watch: (sources) => registerGauges(registry, sources),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}

type CounterFactory = <L extends string>(name: string, help: string, ...labelNames: L[]) => Counter<L>

function signallingMetrics(registry: Registry, counter: CounterFactory): SignallingMetrics {
  const refused = counter('connections_refused', 'Upgrade requests refused before they became connections', 'reason')
  const closed = counter(
    'connections_closed',
    'Signalling connections that ended, by what the client was told',
    'reason',
  )
  const dropped = counter(
    'signalling_dropped',
    'What was dropped towards clients that do not keep up or are away',
    'what',
  )
  const resumed = counter('resumes', 'What became of participants whose connection broke, by outcome', 'outcome')
  const requests = new Histogram({
    name: 'jbcalling_request_duration_seconds',
    help: 'From a request to its answer, by method and outcome',
    labelNames: ['method', 'outcome'],
    buckets: REQUEST_BUCKETS_SECONDS,
    registers: [registry],
  })
  const joins = new Histogram({
    name: 'jbcalling_join_duration_seconds',
    help: 'From the connection to the answer of receive',
    buckets: REQUEST_BUCKETS_SECONDS,
    registers: [registry],
  })
  return {
    refused: (reason) => refused.inc({ reason }),
    answered: (method, outcome, seconds) => requests.observe({ method, outcome }, seconds),
    joined: (seconds) => joins.observe(seconds),
    closed: (reason) => closed.inc({ reason }),
    dropped: (what) => dropped.inc({ what }),
    resumed: (outcome) => resumed.inc({ outcome }),
  }
}

function captionMetrics(registry: Registry, counter: CounterFactory): CaptionMetrics {
  const stages = new Histogram({
    name: 'jbcalling_caption_stage_duration_seconds',
    help: 'How long each stage of a caption takes',
    labelNames: ['stage'],
    buckets: CAPTION_BUCKETS_SECONDS,
    registers: [registry],
  })
  const counters = new Map(CAPTION_COUNTERS.map((name) => [name, captionCounter(counter, name)]))
  return {
    observeStage: (stage, seconds) => stages.observe({ stage }, seconds),
    count: (name, by) => counters.get(name)?.(by),
  }
}

/** Prometheus counts time in seconds. */
function captionCounter(counter: CounterFactory, name: CaptionCounter): (by: number) => void {
  const milliseconds = name.endsWith('_ms')
  const unitName = milliseconds ? name.replace(/_ms$/, '_seconds') : name
  const counted = counter(`caption_${unitName}`, `Captions: ${unitName.replaceAll('_', ' ')}`)
  return (by) => counted.inc(milliseconds ? by / 1_000 : by)
}

function transcriptMetrics(registry: Registry, counter: CounterFactory): TranscriptMetrics {
  const kept = counter('transcript_lines_kept', 'Final captions taken to be stored')
  const stored = counter('transcript_lines_stored', 'Final captions stored')
  const dropped = counter('transcript_lines_dropped', 'Final captions that are not stored, by reason', 'reason')
  const storeFailures = counter('transcript_store_failures', 'Attempts to store final captions that failed')
  const journalFailures = counter('transcript_journal_failures', 'Reads and writes of the journal that failed')
  return {
    kept: () => kept.inc(),
    stored: (lines) => stored.inc(lines),
    dropped: (reason, lines) => dropped.inc({ reason }, lines),
    storeFailed: () => storeFailures.inc(),
    journalFailed: () => journalFailures.inc(),
    watch(waiting: () => Waiting) {
      registerGauge(registry, 'transcript_lines_waiting', 'Final captions not stored yet', () => waiting().lines)
      const oldest = 'Age of the oldest final caption that waits'
      registerGauge(registry, 'transcript_oldest_waiting_seconds', oldest, () => waiting().oldestSeconds)
    },
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

function registerGauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name: `jbcalling_${name}`,
    help,
    registers: [registry],
    collect() {
      this.set(read())
    },
  })
}

function registerGauges(registry: Registry, { counts, load, draining, heartbeatAgeSeconds }: MetricsSources): void {
  registerGauge(registry, 'draining', 'Whether this media node is being emptied', () => Number(draining()))
  const age = 'Time since the registry last heard of this media node'
  registerGauge(registry, 'heartbeat_age_seconds', age, heartbeatAgeSeconds)
  registerGauge(registry, 'load_ratio', 'How busy this media node is: 0 is idle, 1 is full', load)
  for (const name of countNames) {
    const snakeCase = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    registerGauge(registry, snakeCase, gaugeHelps[name], () => counts()[name])
  }
}
