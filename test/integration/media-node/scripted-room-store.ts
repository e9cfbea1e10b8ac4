import type { Room } from '../../../shared/api.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'
import type { RoomStore } from '../../../shared/room-store/room-store.ts'

/** The rooms that the test puts in; it remembers what was asked, and can be sent away. */
export class ScriptedRoomStore implements Pick<RoomStore, 'read'> {
  readonly rooms = new Map<string, Room>()
  readonly asked: string[] = []
  away = false

  place(roomId: string, nodeId: string, epoch: number): void {
    const rest = { maxParticipants: 50, emptyTimeoutSeconds: 0, metadata: {}, createdAt: 0 }
    this.rooms.set(roomId, { roomId, nodeId, epoch, ...rest })
  }

  async read(roomId: string): Promise<Room | undefined> {
    this.asked.push(roomId)
    if (this.away) throw new CallError('unavailable', 'away')
    return this.rooms.get(roomId)
  }
}
