import { CallError } from '../../shared/protocol/error-code.ts'
import type { RoomStore } from '../../shared/room-store/room-store.ts'
import type { TranscriptPage, TranscriptStore } from '../../shared/transcript-store/transcript-store.ts'

type Stores = { readonly rooms: RoomStore; readonly transcripts: TranscriptStore }
type Asked = {
  readonly roomId: string
  readonly since?: number | undefined
  readonly limit: number
  readonly after?: string | undefined
}

export type FoundTranscript = { readonly sinceMs: number; readonly page: TranscriptPage }

/**
 * The first page of what was said in a room: since `since`, or else since the room that is there now was made, or else
 * all that is kept under that name.
 *
 * @throws CallError `room_not_found` when there is neither a room nor a line of that name, or `unavailable`
 */
export async function findTranscript({ rooms, transcripts }: Stores, asked: Asked): Promise<FoundTranscript> {
  const { roomId, since, limit, after } = asked
  const room = await rooms.read(roomId)
  const sinceMs = since ?? room?.createdAt ?? 0
  const page = await transcripts.read(roomId, { sinceMs, limit, after })
  if (page.lines.length > 0 || room) return { sinceMs, page }
  const any = await transcripts.read(roomId, { sinceMs: 0, limit: 1 })
  if (any.lines.length === 0)
    throw new CallError('room_not_found', 'There is no such room, and nothing it said is kept.')
  return { sinceMs, page }
}
