import { CallError } from '../../shared/protocol/error-code.ts'
import type { TranscriptRooms, TranscriptStore } from '../../shared/transcript-store/transcript-store.ts'
import type { JournalRecord } from './journal-record.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const APPENDS_AT_ONCE = 8

type Group = { readonly room: TranscriptRooms; readonly expiresAt: number; readonly records: readonly JournalRecord[] }

/** When a line's time is over, in milliseconds since the Unix epoch: at most an hour before its days are. */
export function expiryOf({ line }: JournalRecord, retentionDays: number): number {
  return Math.floor((line.endMs + retentionDays * DAY_MS) / HOUR_MS) * HOUR_MS
}

/**
 * Stores the records, those of each room in their order. Settles when nothing is under way any more.
 *
 * @returns why the store refused records for themselves, an error for each; all others are stored
 * @throws the store's first other failure; some of the records may be stored then, and may be stored again
 */
export async function storeLines(
  store: Pick<TranscriptStore, 'append'>,
  records: readonly JournalRecord[],
  retentionDays: number,
): Promise<readonly CallError[]> {
  const groups = [...byRoomAndExpiry(records, retentionDays).values()]
  const refused: CallError[] = []
  for (let first = 0; first < groups.length; first += APPENDS_AT_ONCE) {
    const appends = groups.slice(first, first + APPENDS_AT_ONCE).map((group) => storeGroup(store, group))
    for (const result of await Promise.allSettled(appends)) {
      if (result.status === 'rejected') throw result.reason
      refused.push(...result.value)
    }
  }
  return refused
}

/** Halves what is refused, until the records are found that are the reason. */
async function storeGroup(store: Pick<TranscriptStore, 'append'>, group: Group): Promise<readonly CallError[]> {
  const { room, expiresAt, records } = group
  const lines = records.map(({ line }) => line)
  try {
    await store.append(room, lines, expiresAt)
    return []
  } catch (error) {
    if (!(error instanceof CallError) || error.code !== 'bad_request') throw error
    if (records.length === 1) return [error]
    const middle = Math.ceil(records.length / 2)
    const older = await storeGroup(store, { ...group, records: records.slice(0, middle) })
    return [...older, ...(await storeGroup(store, { ...group, records: records.slice(middle) }))]
  }
}

function byRoomAndExpiry(records: readonly JournalRecord[], retentionDays: number): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group & { readonly records: JournalRecord[] }>()
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
