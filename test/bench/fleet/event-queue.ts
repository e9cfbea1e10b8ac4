const NOTHING = -1
const FIRST_CAPACITY = 1 << 20

/** Kind and two numbers, as `EventQueue` gives them to whoever handles them. */
export type Handle = (kind: number, subject: number, detail: number, tick: number) => void

/** Events by tick, in the order in which they were put there. Nothing here waits: time is a number. */
export class EventQueue {
  readonly #first: Int32Array
  readonly #last: Int32Array
  readonly #ticks: number
  #next = new Int32Array(FIRST_CAPACITY)
  #events = new Int32Array(3 * FIRST_CAPACITY)
  #free = NOTHING
  #used = 0
  #now = 0

  /** @param ticks what would happen from then on does not */
  constructor(ticks: number) {
    this.#ticks = ticks
    this.#first = new Int32Array(ticks).fill(NOTHING)
    this.#last = new Int32Array(ticks).fill(NOTHING)
  }

  get now(): number {
    return this.#now
  }

  /** Has something happen so many ticks from now; with 0, after what already is to happen now. */
  after(ticks: number, kind: number, subject: number, detail = 0): void {
    const tick = this.#now + ticks
    if (tick >= this.#ticks) return
    const event = this.#take()
    this.#events[3 * event] = kind
    this.#events[3 * event + 1] = subject
    this.#events[3 * event + 2] = detail
    this.#next[event] = NOTHING
    const last = this.#last[tick] ?? NOTHING
    if (last === NOTHING) this.#first[tick] = event
    else this.#next[last] = event
    this.#last[tick] = event
  }

  run(handle: Handle): void {
    for (this.#now = 0; this.#now < this.#ticks; this.#now += 1) {
      for (let event = this.#shift(); event !== NOTHING; event = this.#shift()) {
        const [kind = 0, subject = 0, detail = 0] = [
          this.#events[3 * event],
          this.#events[3 * event + 1],
          this.#events[3 * event + 2],
        ]
        this.#next[event] = this.#free
        this.#free = event
        handle(kind, subject, detail, this.#now)
      }
    }
  }

  #shift(): number {
    const event = this.#first[this.#now] ?? NOTHING
    if (event === NOTHING) return NOTHING
    const next = this.#next[event] ?? NOTHING
    this.#first[this.#now] = next
    if (next === NOTHING) this.#last[this.#now] = NOTHING
    return event
  }

  #take(): number {
    const free = this.#free
    if (free !== NOTHING) {
      this.#free = this.#next[free] ?? NOTHING
      return free
    }
    if (this.#used === this.#next.length) this.#grow()
    this.#used += 1
    return this.#used - 1
  }

  #grow(): void {
    const [next, events] = [new Int32Array(2 * this.#next.length), new Int32Array(2 * this.#events.length)]
    next.set(this.#next)
    events.set(this.#events)
    this.#next = next
    this.#events = events
  }
}
