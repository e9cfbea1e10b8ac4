import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { transcriptLine } from '../../shared/transcript-store/transcript-line.ts'

const CHECKSUM_LENGTH = 8
/** A line within its bounds is under 520 KB, with every character escaped. */
export const MAX_RECORD_BYTES = 1_048_576

const journalRecord = z.object({
  roomId: z.string().min(1).max(64),
  /** When the room was made; missing where an older version wrote the record, or let the participant in. */
  createdAt: z.int().min(0).optional(),
  /** When it was kept, in milliseconds since the Unix epoch. */
  keptAt: z.number(),
  line: transcriptLine,
})

export type JournalRecord = z.infer<typeof journalRecord>

/** A record as one line of a journal file, line end included: a checksum of its JSON, a space, and the JSON. */
export function encodeRecord(record: JournalRecord): Buffer {
  const json = JSON.stringify(record)
  return Buffer.from(`${checksum(json)} ${json}\n`)
}

/** What a line of a journal file holds, without its end; undefined when it is torn or not one of ours. */
export function decodeRecord(line: string): JournalRecord | undefined {
  const json = line.slice(CHECKSUM_LENGTH + 1)
  if (line.slice(0, CHECKSUM_LENGTH + 1) !== `${checksum(json)} `) return undefined
  try {
    return journalRecord.safeParse(JSON.parse(json)).data
  } catch {
    return undefined
  }
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(CHECKSUM_LENGTH, '0')
}
