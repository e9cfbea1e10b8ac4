import type { MetricRegistry } from '../../shared/metric-registry.ts'
import { DROP_REASONS, type TranscriptMetrics, type Waiting } from '../transcripts/transcript-metrics.ts'

export function createTranscriptMetrics(registry: MetricRegistry): TranscriptMetrics {
  const kept = registry.count('transcript_lines_kept', 'Final captions taken to be stored')
  const dropped = registry.counter('transcript_lines_dropped', 'Final captions that are not stored, by the reason', {
    reason: DROP_REASONS,
  })
  const storeFailures = registry.count('transcript_store_failures', 'Attempts to store final captions that failed')
  const journalFailures = registry.count('transcript_journal_failures', 'Reads and writes of the journal that failed')
  return {
    kept: () => kept(),
    stored: registry.count('transcript_lines_stored', 'Final captions stored'),
    dropped: (reason, lines) => dropped({ reason }, lines),
    storeFailed: () => storeFailures(),
    journalFailed: () => journalFailures(),
    watch(waiting: () => Waiting) {
      registry.watch('transcript_lines_waiting', 'Final captions not stored yet', () => waiting().lines)
      const oldest = 'Age of the oldest final caption that waits'
      registry.watch('transcript_oldest_waiting_seconds', oldest, () => waiting().oldestSeconds)
    },
  }
}
