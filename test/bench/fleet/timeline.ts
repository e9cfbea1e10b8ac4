import { EventQueue } from './event-queue.ts'
import { ALL_MINUTES, TICK_MS, TICKS_PER_MINUTE } from './workload.ts'

/** What happens to a room (each with its number), to a media node (with its index), or to all. */
const KINDS = [
  ...['place', 'arrive', 'join', 'leave', 'end', 'move', 'abandon'],
  ...['report', 'aged', 'up', 'stale', 'repaired', 'die', 'disaster', 'minute'],
] as const
export type Kind = (typeof KINDS)[number]

export type Handlers<K extends Kind> = Readonly<Record<K, (subject: number, detail: number, now: number) => void>>

/** All that is going to happen, until the day is over. */
export class Timeline {
  readonly #queue = new EventQueue(ALL_MINUTES * TICKS_PER_MINUTE)
  /** How much has happened. */
  events = 0

  get now(): number {
    return this.#queue.now
  }

  /** At this tick, from before the beginning. */
  at(tick: number, kind: Kind, subject: number): void {
    this.#queue.after(tick, KINDS.indexOf(kind), subject)
  }

  afterTicks(ticks: number, kind: Kind, subject: number): void {
    this.#queue.after(ticks, KINDS.indexOf(kind), subject)
  }

  /** No earlier than the next tick. */
  after(seconds: number, kind: Kind, subject: number, detail = 0): void {
    this.#queue.after(Math.max(1, Math.round((1_000 * seconds) / TICK_MS)), KINDS.indexOf(kind), subject, detail)
  }

  run(handlers: Handlers<Kind>): void {
    const byNumber = KINDS.map((kind) => handlers[kind])
    this.#queue.run((kind, subject, detail, now) => {
      this.events += 1
      byNumber[kind]?.(subject, detail, now)
    })
  }
}
