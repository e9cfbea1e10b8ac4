import { RecentMap } from '../shared/recent-map.ts'

/** Beyond this the oldest are not reported; what was reserved for them expires by itself, and is counted there. */
const CAPACITY = 1_000

/** The rooms that opened and of which the registry has not heard yet. */
export class OpenedRooms {
  readonly #ids = new RecentMap<string, true>(CAPACITY)

  get ids(): readonly string[] {
    return this.#ids.keys
  }

  add(roomId: string): void {
    this.#ids.set(roomId, true)
  }

  heard(roomIds: readonly string[]): void {
    for (const roomId of roomIds) this.#ids.delete(roomId)
  }
}
