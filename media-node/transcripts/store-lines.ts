import type { TranscriptRooms, TranscriptStore } from '../../shared/transcript-store/transcript-store.ts'
import type { JournalRecord } from './journal-record.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const APPENDS_AT_ONCE = 8

type Group = { readonly room: TranscriptRooms; readonly expiresAt: number; readonly records: JournalRecord[] }

/** When a line's time is over, in milliseconds since the Unix epoch: at most an hour before its days are. */
export function expiryOf({ line }: JournalRecord, retentionDays: number): number {
  return Math.floor((line.endMs + retentionDays * DAY_MS) / HOUR_MS) * HOUR_MS
}

/**
 * Stores the records, those of each room in their order. Settles when nothing is under way any more.
 *
 * @throws the first refusal of the store; some of the records may be stored then, and may be stored again
 */
export async function storeLines(
  store: Pick<TranscriptStore, 'append'>,
  records: readonly JournalRecord[],
  retentionDays: number,
): Promise<void> {
  const groups = [...byRoomAndExpiry(records, retentionDays).values()]
  for (let first = 0; first < groups.length; first += APPENDS_AT_ONCE) {
    const appends = groups.slice(first, first + APPENDS_AT_ONCE).map(({ room, expiresAt, records }) =>
      store.append(
        room,
        records.map(({ line }) => line),
        expiresAt,
      ),
    )
    const refused = (await Promise.allSettled(appends)).find(({ status }) => status === 'rejected')
    if (refused?.status === 'rejected') throw refused.reason
  }
}

function byRoomAndExpiry(records: readonly JournalRecord[], retentionDays: number): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>()
  for (const record of records) {
    const expiresAt = expiryOf(record, retentionDays)
    const { roomId, createdAt } = record
    const name = `${expiresAt}/${createdAt}/${roomId}`
    const group = groups.get(name) ?? { room: { roomId, createdAt }, expiresAt, records: [] }
    group.records.push(record)
    groups.set(name, group)
  }
  return groups
}
