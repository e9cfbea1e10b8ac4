import { z } from 'zod'
import type { TranscriptLine } from './transcript-store.ts'

const MAX_ID_LENGTH = 64
const MAX_TAG_LENGTH = 35
const MAX_SPEAKER_LENGTH = 256
const MAX_TEXT_LENGTH = 4_096
const MAX_TRANSLATIONS = 20
/** Thirteen digits: until the year 2286. */
const MAX_TIME_MS = 9_999_999_999_999

const characters = new Intl.Segmenter('und', { granularity: 'grapheme' })

const id = z.string().min(1).max(MAX_ID_LENGTH)
const text = z.string().max(MAX_TEXT_LENGTH)
const time = z.int().min(0).max(MAX_TIME_MS)

/** A line that is within its bounds: at most 260 KB in UTF-8, where a DynamoDB item may have 400. */
export const transcriptLine = z.object({
  segmentId: id,
  participantId: id,
  speaker: z.string().max(MAX_SPEAKER_LENGTH),
  language: z.string().max(MAX_TAG_LENGTH),
  text,
  startMs: time,
  endMs: time,
  translations: z
    .record(z.string().max(MAX_TAG_LENGTH), text)
    .refine((texts) => Object.keys(texts).length <= MAX_TRANSLATIONS),
})

/** The line cut to its bounds, its times in whole milliseconds, and its texts such that UTF-8 can hold them. */
export function boundedLine(line: TranscriptLine): TranscriptLine {
  const translations = Object.entries(line.translations).slice(0, MAX_TRANSLATIONS)
  return {
    segmentId: cut(line.segmentId, MAX_ID_LENGTH),
    participantId: cut(line.participantId, MAX_ID_LENGTH),
    speaker: cut(line.speaker, MAX_SPEAKER_LENGTH),
    language: cut(line.language, MAX_TAG_LENGTH),
    text: cut(line.text, MAX_TEXT_LENGTH),
    startMs: wholeMs(line.startMs),
    endMs: wholeMs(line.endMs),
    translations: Object.fromEntries(
      translations.map(([tag, translated]) => [cut(tag, MAX_TAG_LENGTH), cut(translated, MAX_TEXT_LENGTH)]),
    ),
  }
}

/** At most so many UTF-16 code units, and no character as people count them (UAX #29) in part, such as half an emoji. */
function cut(value: string, length: number): string {
  if (value.length <= length) return value.toWellFormed()
  const end = characters.segment(value.slice(0, 2 * length)).containing(length)?.index
  return value.slice(0, end || length).toWellFormed()
}

function wholeMs(ms: number): number {
  return Math.min(MAX_TIME_MS, Math.max(0, Math.round(ms)))
}
