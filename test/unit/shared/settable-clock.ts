import type { Clock } from '../../../shared/clock.ts'

type Waiting = { readonly at: number; readonly task: () => void }

/** A clock that stands still until it is moved. Moving it runs what falls due, in order. */
export class SettableClock implements Clock {
  #now: number
  readonly #waiting = new Set<Waiting>()

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, task: () => void): () => void {
    const entry = { at: this.#now + delayMs, task }
    this.#waiting.add(entry)
    return () => this.#waiting.delete(entry)
  }

  /** How many tasks wait for their time. */
  get waiting(): number {
    return this.#waiting.size
  }

  advance(ms: number): void {
    const target = this.#now + ms
    for (let next = this.#firstDue(target); next; next = this.#firstDue(target)) {
      this.#waiting.delete(next)
      this.#now = next.at
      next.task()
    }
    this.#now = target
  }

  /** Passes time in which this process does not run: what fell due meanwhile runs at its end, and only then goes on. */
  hold(ms: number): void {
    this.#now += ms
    const due = [...this.#waiting].filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at)
    for (const entry of due) if (this.#waiting.delete(entry)) entry.task()
  }

  #firstDue(target: number): Waiting | undefined {
    return [...this.#waiting].filter(({ at }) => at <= target).sort((a, b) => a.at - b.at)[0]
  }
}
