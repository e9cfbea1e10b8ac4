import type { CaptionLine } from '../../../client/sdk/captions.ts'

/** A line that says its own id, in English, by Ada. */
export function captionLine(segmentId: string, changes: Partial<CaptionLine> = {}): CaptionLine {
  return {
    segmentId,
    revision: 1,
    participantId: 'ada',
    language: 'en',
    text: segmentId,
    final: false,
    startMs: 0,
    endMs: 0,
    speaker: 'Ada',
    receivedAt: 0,
    ...changes,
  }
}
