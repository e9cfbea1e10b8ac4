import type { Timer } from './timer.ts'

/** A wait that can be cut short. */
export class Pause {
  readonly #timer: Timer
  #end = () => {}

  constructor(timer: Timer) {
    this.#timer = timer
  }

  async lasting(delayMs: number): Promise<void> {
    if (delayMs <= 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.#timer(delayMs, resolve)
    this.#end = () => {
      cancel()
      resolve()
    }
    await promise
  }

  cutShort(): void {
    this.#end()
  }
}
