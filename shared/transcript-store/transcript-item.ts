import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { z } from 'zod'
import { CallError } from '../protocol/error-code.ts'
import { transcriptLine } from './transcript-line.ts'
import type { TranscriptLine } from './transcript-store.ts'

export type TranscriptItem = Record<string, AttributeValue>

const TIME_DIGITS = 13

const text = z.object({ S: z.string() }).transform(({ S }) => S)
const number = z.object({ N: z.string() }).transform(({ N }) => Number(N))

const storedLine = z.object({
  segmentId: text,
  participantId: text,
  speaker: text,
  language: text,
  text,
  startMs: number,
  endMs: number,
  translations: z.object({ M: z.record(z.string(), text) }).transform(({ M }) => M),
})

/** Sorts before the key of every line that began at `ms` or later, and after those that began before. */
export function keyOfTime(ms: number): string {
  return `${Math.max(0, Math.ceil(ms))}`.padStart(TIME_DIGITS, '0')
}

/** Sorts by when the line began, then by its segment. */
export function keyOfLine({ startMs, segmentId }: TranscriptLine): string {
  return `${keyOfTime(startMs)}-${segmentId}`
}

/** @param expiresAt Unix time in seconds, as DynamoDB's time to live wants it */
export function transcriptItem(roomId: string, line: TranscriptLine, expiresAt: number): TranscriptItem {
  const translations = Object.entries(line.translations).map(([tag, translated]) => [tag, { S: translated }])
  return {
    roomId: { S: roomId },
    lineKey: { S: keyOfLine(line) },
    segmentId: { S: line.segmentId },
    participantId: { S: line.participantId },
    speaker: { S: line.speaker },
    language: { S: line.language },
    text: { S: line.text },
    startMs: { N: `${line.startMs}` },
    endMs: { N: `${line.endMs}` },
    translations: { M: Object.fromEntries(translations) },
    expiresAt: { N: `${expiresAt}` },
  }
}

/** @throws CallError `internal` when the item is not one of ours */
export function readTranscriptItem(item: TranscriptItem): TranscriptLine {
  const parsed = storedLine.pipe(transcriptLine).safeParse(item)
  if (!parsed.success) throw new CallError('internal', 'A stored line cannot be read.')
  return parsed.data
}
