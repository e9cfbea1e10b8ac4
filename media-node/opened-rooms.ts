/** Beyond this the oldest are not reported; what was reserved for them expires by itself, and is counted there. */
const CAPACITY = 1_000

/** The rooms that opened and of which the registry has not heard yet. */
export class OpenedRooms {
  readonly #ids = new Set<string>()

  get ids(): readonly string[] {
    return [...this.#ids]
  }

  add(roomId: string): void {
    this.#ids.delete(roomId)
    this.#ids.add(roomId)
    for (const oldest of this.#ids) {
      if (this.#ids.size <= CAPACITY) return
      this.#ids.delete(oldest)
    }
  }

  heard(roomIds: readonly string[]): void {
    for (const roomId of roomIds) this.#ids.delete(roomId)
  }
}
