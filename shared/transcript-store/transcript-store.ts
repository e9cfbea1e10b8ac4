/** One final caption as it is stored. Times are milliseconds since the Unix epoch. */
export type TranscriptLine = {
  readonly segmentId: string
  readonly participantId: string
  /** The speaker's display name. */
  readonly speaker: string
  /** BCP 47 tag of `text`. */
  readonly language: string
  readonly text: string
  readonly startMs: number
  readonly endMs: number
  /** The text in other languages, by BCP 47 tag. */
  readonly translations: Readonly<Record<string, string>>
}

export type TranscriptPage = {
  /** By `startMs`, then by `segmentId`. */
  readonly lines: readonly TranscriptLine[]
  /** Where the next page begins; undefined after the last one. */
  readonly next: string | undefined
}

/**
 * Where the finals of rooms are kept. Every call settles within a deadline and rejects with `CallError('unavailable')`
 * when the store cannot be reached. A line past its expiry is as if it were not there.
 */
export type TranscriptStore = {
  /**
   * Stores lines of a room until `expiresAt` (milliseconds since the Unix epoch). A line with the `startMs` and
   * `segmentId` of one that is there takes its place, so writing again after a doubt does no harm.
   */
  append(roomId: string, lines: readonly TranscriptLine[], expiresAt: number): Promise<void>
  /** Lines that began at `sinceMs` or later, at most `limit` of them, going on where the page before ended. */
  read(roomId: string, options: { sinceMs: number; limit: number; after?: string | undefined }): Promise<TranscriptPage>
  /** Resolves when the store answers and its table is there. */
  ping(): Promise<void>
  close(): void
}
