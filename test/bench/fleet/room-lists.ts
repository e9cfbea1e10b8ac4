const NOBODY = -1

/** Which rooms are on each media node, so that a room is moved and a media node's rooms are told without looking through all. */
export class RoomLists {
  readonly #first: Int32Array
  readonly #next: Int32Array
  readonly #previous: Int32Array
  readonly #host: Int32Array

  constructor(nodes: number, rooms: number) {
    this.#first = new Int32Array(nodes).fill(NOBODY)
    this.#next = new Int32Array(rooms).fill(NOBODY)
    this.#previous = new Int32Array(rooms).fill(NOBODY)
    this.#host = new Int32Array(rooms).fill(NOBODY)
  }

  hostOf(room: number): number | undefined {
    const host = this.#host[room] ?? NOBODY
    return host === NOBODY ? undefined : host
  }

  isEmpty(node: number): boolean {
    return this.#first[node] === NOBODY
  }

  roomsOn(node: number): readonly number[] {
    const rooms: number[] = []
    for (let room = this.#first[node] ?? NOBODY; room !== NOBODY; room = this.#next[room] ?? NOBODY) rooms.push(room)
    return rooms
  }

  add(room: number, node: number): void {
    const first = this.#first[node] ?? NOBODY
    this.#host[room] = node
    this.#previous[room] = NOBODY
    this.#next[room] = first
    if (first !== NOBODY) this.#previous[first] = room
    this.#first[node] = room
  }

  remove(room: number): void {
    const node = this.hostOf(room)
    if (node === undefined) return
    const [previous, next] = [this.#previous[room] ?? NOBODY, this.#next[room] ?? NOBODY]
    if (previous === NOBODY) this.#first[node] = next
    else this.#next[previous] = next
    if (next !== NOBODY) this.#previous[next] = previous
    this.#host[room] = NOBODY
  }
}
