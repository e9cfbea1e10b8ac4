import { CallError } from '../../shared/protocol/error-code.ts'
import type { RoomStore } from '../../shared/room-store/room-store.ts'
import type {
  TranscriptPage,
  TranscriptRoom,
  TranscriptRooms,
  TranscriptStore,
} from '../../shared/transcript-store/transcript-store.ts'

type Stores = { readonly rooms: RoomStore; readonly transcripts: TranscriptStore }
type Asked = {
  readonly roomId: string
  /** The room that the caller has proved to have been in; without it, whichever of its name. */
  readonly proven: TranscriptRoom | undefined
  readonly since?: number | undefined
  readonly limit: number
  readonly after?: string | undefined
}

export type FoundTranscript = {
  readonly room: TranscriptRooms
  readonly sinceMs: number
  readonly page: TranscriptPage
}

/**
 * The first page of what was said since `since` in the room that is proven, or else in all rooms of that name; without a
 * time, what was said in the room that is proven, or is there now, or else all that is kept under the name.
 *
 * @throws CallError `room_not_found` when there is neither a room nor a line, or `unavailable`
 */
export async function findTranscript({ rooms, transcripts }: Stores, asked: Asked): Promise<FoundTranscript> {
  const { roomId, proven, since, limit, after } = asked
  const present = await rooms.read(roomId)
  const named = since === undefined && present ? { roomId, createdAt: present.createdAt } : { roomId }
  const room = proven ?? named
  const sinceMs = since ?? 0
  const page = await transcripts.read(room, { sinceMs, limit, after })
  const isThere = present !== undefined && (proven ?? present).createdAt === present.createdAt
  if (page.lines.length > 0 || isThere) return { room, sinceMs, page }
  const any = await transcripts.read(room, { sinceMs: 0, limit: 1 })
  if (any.lines.length === 0)
    throw new CallError('room_not_found', 'There is no such room, and nothing it said is kept.')
  return { room, sinceMs, page }
}
