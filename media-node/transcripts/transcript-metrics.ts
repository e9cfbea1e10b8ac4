/**
 * Why a line never reached the store: the journal's files were full, or memory while they could not be written; its time
 * was over; its file could not be read, or what was in it; the store refused it and took others; or the media node stopped
 * while neither disk nor store took it.
 */
export const DROP_REASONS = ['journal_full', 'memory_full', 'expired', 'unreadable', 'refused', 'stopped'] as const

export type DropReason = (typeof DROP_REASONS)[number]

/** What waits for the store. */
export type Waiting = { readonly lines: number; readonly oldestSeconds: number }

/** Where the journal reports its figures. */
export type TranscriptMetrics = {
  kept(): void
  stored(lines: number): void
  dropped(reason: DropReason, lines: number): void
  storeFailed(): void
  /** The disk did not take or give something. */
  journalFailed(): void
  /** Reads the gauges from this whenever the metrics are asked for. Called once. */
  watch(waiting: () => Waiting): void
}
