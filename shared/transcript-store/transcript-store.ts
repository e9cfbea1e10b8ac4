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

/** A room by its name and when it was made (milliseconds since the Unix epoch), which tells it from others of its name. */
export type TranscriptRoom = { readonly roomId: string; readonly createdAt: number }

/** The same, or for want of the time all rooms of that name. */
export type TranscriptRooms = { readonly roomId: string; readonly createdAt?: number | undefined }

export type TranscriptPage = {
  /** By the room's `createdAt`, then by `startMs`, then by `segmentId`. */
  readonly lines: readonly TranscriptLine[]
  /** Where the next page begins; undefined after the last one. */
  readonly next: string | undefined
}

/** Up to when lines are removed, in milliseconds since the Unix epoch. */
export type Removal = { readonly madeBefore: number; readonly saidBefore: number }

/** A removal is remembered for so long: later than this no media node has anything of that time left to store. */
export const REMOVAL_TTL_MS = 366 * 24 * 60 * 60 * 1_000

/**
 * Where the finals of rooms are kept. Every call settles within a deadline and rejects with `CallError('unavailable')`
 * when the store cannot be reached. A line past its expiry is as if it were not there.
 */
export type TranscriptStore = {
  /**
   * Stores lines of a room until `expiresAt` (milliseconds since the Unix epoch). A line with the `startMs` and
   * `segmentId` of one that is there takes its place, so writing again after a doubt does no harm. Where nobody knows which
   * room of its name it was, only those who read all of them are given the lines. Rejects with `CallError('bad_request')`
   * when the store refuses one of the lines and always would; others may be stored then.
   */
  append(room: TranscriptRooms, lines: readonly TranscriptLine[], expiresAt: number): Promise<void>
  /**
   * Lines that began at `sinceMs` or later, at most `limit` of them, going on where the page before ended: those of one
   * room, or of all of that name, the older room first.
   */
  read(
    room: TranscriptRooms,
    options: { sinceMs: number; limit: number; after?: string | undefined },
  ): Promise<TranscriptPage>
  /**
   * Removes every line of the rooms of that name that were made before `madeBefore`, and every line that began before
   * `saidBefore`. What a media node stores of these later is never read. After a rejection some are still stored, and not
   * read either; remove again.
   */
  remove(roomId: string, bounds: Removal): Promise<void>
  /** Resolves when the store answers and its table is there. */
  ping(): Promise<void>
  close(): void
}
