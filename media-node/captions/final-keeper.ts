import type { TranscriptLine, TranscriptRooms } from '../../shared/transcript-store/transcript-store.ts'

/** Keeps what was said. A line with the `segmentId` of one that was given before takes its place. */
export type FinalKeeper = {
  /** Neither throws nor waits. */
  keep(room: TranscriptRooms, line: TranscriptLine): void
}
