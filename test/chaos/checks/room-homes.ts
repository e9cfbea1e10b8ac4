import { room } from '../../../shared/api.ts'
import { asOperator } from '../fleet/operator-key.ts'

const DEADLINE_MS = 3_000

/** Which media node serves each room, as the control plane says. */
export async function roomHomes(url: string, roomIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const homes = roomIds.map(async (roomId): Promise<[string, string]> => {
    const answer = await fetch(`${url}/v1/rooms/${roomId}`, {
      headers: asOperator,
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    return [roomId, room.parse(await answer.json()).nodeId]
  })
  return new Map(await Promise.all(homes))
}
