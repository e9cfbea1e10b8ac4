import type { Timer } from '../../../client/sdk/timer.ts'

/** A timer that the test moves. */
export class ManualTimer {
  #now = 0
  #waiting: { readonly at: number; readonly task: () => void }[] = []

  readonly timer: Timer = (delayMs, task) => {
    const entry = { at: this.#now + delayMs, task }
    this.#waiting.push(entry)
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry)
    }
  }

  get now(): number {
    return this.#now
  }

  get waiting(): number {
    return this.#waiting.length
  }

  advance(ms: number): void {
    this.#now += ms
    for (const entry of this.#waiting.filter(({ at }) => at <= this.#now)) {
      // One that ran before may have cancelled it.
      if (!this.#waiting.includes(entry)) continue
      this.#waiting = this.#waiting.filter((other) => other !== entry)
      entry.task()
    }
  }
}
