import type { Clock } from '../../shared/clock.ts'

export type CountdownOptions = { readonly clock: Clock; readonly ms: number; readonly task: () => void }

/** Runs its task when it was started and not stopped for so long. */
export class Countdown {
  readonly #options: CountdownOptions
  #cancel: (() => void) | undefined

  constructor(options: CountdownOptions) {
    this.#options = options
  }

  get running(): boolean {
    return this.#cancel !== undefined
  }

  /** Starting what runs changes nothing. */
  start(): void {
    const { clock, ms, task } = this.#options
    this.#cancel ??= clock.after(ms, () => {
      this.#cancel = undefined
      task()
    })
  }

  restart(): void {
    this.stop()
    this.start()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
