import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { z } from 'zod'
import { CallError } from '../protocol/error-code.ts'
import { transcriptLine } from './transcript-line.ts'
import type { Removal, TranscriptLine, TranscriptRooms } from './transcript-store.ts'

export type TranscriptItem = Record<string, AttributeValue>

const TIME_DIGITS = 13

/** Under this key a name's removal is kept; it sorts before every line. */
const REMOVAL_KEY = '!removed'

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

const storedRemoval = z.object({ madeBefore: number, saidBefore: number })

/** Sorts before the keys of all rooms that were made at `ms` or later, and after those that were made before. */
export function keyOfTime(ms: number): string {
  return `${Math.max(0, Math.ceil(ms))}`.padStart(TIME_DIGITS, '0')
}

/** Begins the keys of one room's lines. */
export function keyOfRoom(createdAt: number): string {
  return `${keyOfTime(createdAt)}/`
}

/** Sorts by the room, then by when the line began, then by its segment. Older versions wrote the key without the room. */
export function keyOfLine({ createdAt }: TranscriptRooms, { startMs, segmentId }: TranscriptLine): string {
  return `${createdAt === undefined ? '' : keyOfRoom(createdAt)}${keyOfTime(startMs)}-${segmentId}`
}

export function keyOfRemoval(roomId: string) {
  return { roomId: { S: roomId }, lineKey: { S: REMOVAL_KEY } } satisfies TranscriptItem
}

/** @param expiresAt Unix time in seconds, as DynamoDB's time to live wants it */
export function removalItem(roomId: string, { madeBefore, saidBefore }: Removal, expiresAt: number): TranscriptItem {
  return {
    ...keyOfRemoval(roomId),
    madeBefore: { N: `${madeBefore}` },
    saidBefore: { N: `${saidBefore}` },
    expiresAt: { N: `${expiresAt}` },
  }
}

/** @throws CallError `internal` when the item is not one of ours */
export function readRemovalItem(item: TranscriptItem): Removal {
  const parsed = storedRemoval.safeParse(item)
  if (!parsed.success) throw new CallError('internal', 'A stored removal cannot be read.')
  return parsed.data
}

/** @param expiresAt Unix time in seconds, as DynamoDB's time to live wants it */
export function transcriptItem(room: TranscriptRooms, line: TranscriptLine, expiresAt: number): TranscriptItem {
  const translations = Object.entries(line.translations).map(([tag, translated]) => [tag, { S: translated }])
  return {
    roomId: { S: room.roomId },
    lineKey: { S: keyOfLine(room, line) },
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
