import type { Clock } from '../../shared/clock.ts'
import type { RoomStore } from '../../shared/room-store/room-store.ts'
import type { TranscriptStore } from '../../shared/transcript-store/transcript-store.ts'

type Parts = { readonly rooms: RoomStore; readonly transcripts: TranscriptStore; readonly clock: Clock }

/**
 * Removes all that has been said so far in the rooms of this name. What a media node still has of it is never read; what
 * people say from now on in a room that is there is kept.
 *
 * @throws CallError `unavailable`; then some of it is still stored, though nobody can read it any more
 */
export async function removeTranscript({ rooms, transcripts, clock }: Parts, roomId: string): Promise<void> {
  const now = clock.now()
  const room = await rooms.read(roomId)
  await transcripts.remove(roomId, { madeBefore: room?.createdAt ?? now, saidBefore: now })
}
