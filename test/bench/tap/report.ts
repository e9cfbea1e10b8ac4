import { barChart } from '../bar-chart.ts'
import { percentile } from '../figures.ts'
import { markdownTable, type Table } from '../table.ts'
import type { Result } from '../write-result.ts'
import type { Measurement } from './measure.ts'

/** A way keeps up when it loses next to nothing and is not a second behind. */
const TOLERATED_LOSS = 0.001
const BEHIND_MS = 1_000

export function survived(measured: Measurement | undefined): boolean {
  if (measured === undefined) return false
  const { chunks, lostChunks, fromWire } = measured
  return lostChunks <= TOLERATED_LOSS * chunks && percentile(fromWire, 0.99) < BEHIND_MS
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0)
const percent = (value: number) => `${value.toFixed(0)} %`

export function tapTable(results: readonly Measurement[]): Table {
  return {
    head: [
      ...['way', 'streams', 'worker', 'main thread', 'lanes or processes', 'CPU in all', 'MiB', 'main thread held p99'],
      ...['chunks', 'lost', 'not exact', 'tap → door p50', 'p95', 'p99', 'sent → door p50', 'p95', 'p99'],
    ],
    rows: results.map((measured) => [
      measured.name,
      `${measured.streams}`,
      ...[measured.workerCpu, measured.mainThreadCpu, measured.ownCpu, measured.cpu].map(percent),
      mebibytes(measured.memory),
      `${measured.mainThreadHeldP99Ms.toFixed(1)}`,
      `${measured.chunks}`,
      `${measured.lostChunks}`,
      `${measured.different ?? '–'}`,
      ...times(measured.fromTap),
      ...times(measured.fromWire),
    ]),
  }
}

function times(values: readonly number[]): readonly string[] {
  return [0.5, 0.95, 0.99].map((part) => (values.length === 0 ? '–' : percentile(values, part).toFixed(2)))
}

/** The page for `docs/benchmarks`. */
export function tapResult(run: { results: readonly Measurement[]; machine: string; command: string }): Result {
  const { results, machine, command } = run
  const senders = results.map(({ senderCpu }) => senderCpu)
  const late = Math.max(...results.map(({ senderLateP99Ms }) => senderLateP99Ms))
  const losses = results.flatMap(({ name, streams, losses }) =>
    [...losses].map(([counter, count]) => `${name}, ${streams} streams: ${counter} ${count}`),
  )
  return {
    name: 'tap',
    title: 'From the wire to the engine’s door',
    command,
    machine,
    charts: [latencyChart(results), cpuChart(results)],
    body: [
      markdownTable(tapTable(results)),
      `Times are milliseconds, CPU is percent of one core. ${senders.length} runs; the process that sends used ${percent(Math.min(...senders))} to ${percent(Math.max(...senders))} of a core of the same machine on top, and was late against its own schedule by at most ${late.toFixed(1)} ms (p99).`,
      METHOD,
      losses.length === 0
        ? 'No counter of the lanes told of a packet lost, late or refused.'
        : `Counted as lost: ${losses.join('; ')}.`,
    ],
  }
}

const METHOD = `Every stream is continuous speech (three synthetic voices, no pause over 80 ms, so that no gate closes): Opus at 32 kbit/s in RTP, 50 packets a second with the audio level of RFC 6464, by real UDP into one mediasoup worker, ten speakers to a room, all out of step with each other. Each run is in a process of its own, which has nothing that a media node has not, after four seconds that do not count. **tap → door** is from the moment a chunk's last packet reached the main thread of the media node until the 100 ms of PCM were handed to the engine; **sent → door** is from the moment the sending process gave that packet to its socket. A chunk is **not exact** when one sample of it differs from what an independent decoder (libopus as @evan/opus carries it) makes of the same packets. Streams that lost sound count as lost only: they are in neither figure.

*lanes* is the product. *main thread* decodes each packet as it comes where signalling also runs, with the same decoder. *ffmpeg* is one process for each stream (RTP by UDP in, 16 kHz PCM by a pipe out, every option for little delay set); it decodes to 48 kHz and resamples, so its PCM cannot be compared, and its memory counts only what processes do not share. Both are given more streams until they lose sound or are a second behind.`

function latencyChart(results: readonly Measurement[]) {
  const title = 'Sent → engine’s door'
  const groups = results.map(({ name, streams, fromWire }) => ({
    label: `${name}, ${streams}`,
    values: fromWire.length === 0 ? [] : [0.5, 0.95, 0.99].map((part) => percentile(fromWire, part)),
  }))
  return {
    alt: title,
    svg: barChart({ title, unit: 'ms, logarithmic', scale: 'log', series: ['p50', 'p95', 'p99'], groups }),
  }
}

function cpuChart(results: readonly Measurement[]) {
  const title = 'CPU for one stream'
  const groups = results.map(({ name, streams, cpu }) => ({ label: `${name}, ${streams}`, values: [cpu / streams] }))
  return {
    alt: title,
    svg: barChart({ title, unit: 'percent of a core', series: ['worker, main thread and lanes or processes'], groups }),
  }
}
