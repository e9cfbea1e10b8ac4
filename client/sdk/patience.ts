import { GIVE_UP_AFTER_MS, STEADY_AFTER_MS } from './reconnection-policy.ts'
import type { Timer } from './timer.ts'

/**
 * How long a call goes on trying. A connection that breaks again before it was steady is the same trouble, for which the
 * time to give up goes on.
 */
export class Patience {
  readonly #timer: Timer
  readonly #onGivenUp: () => void
  #state: 'steady' | 'trying' | 'recovered' = 'steady'
  #isExhausted = false
  #breaks = 0
  #cancelGivingUp = () => {}
  #cancelSteady = () => {}

  constructor(options: { timer: Timer; onGivenUp: () => void }) {
    this.#timer = options.timer
    this.#onGivenUp = options.onGivenUp
  }

  /** @returns how often the connection had broken before, in this same trouble */
  broke(): number {
    this.#cancelSteady()
    if (this.#state === 'steady') this.#cancelGivingUp = this.#timer(GIVE_UP_AFTER_MS, () => this.#exhausted())
    this.#state = 'trying'
    if (this.#isExhausted) this.#onGivenUp()
    this.#breaks += 1
    return this.#breaks - 1
  }

  recovered(): void {
    this.#state = 'recovered'
    this.#cancelSteady = this.#timer(STEADY_AFTER_MS, () => this.stop())
  }

  stop(): void {
    this.#cancelSteady()
    this.#cancelGivingUp()
    this.#state = 'steady'
    this.#isExhausted = false
    this.#breaks = 0
  }

  #exhausted(): void {
    this.#isExhausted = true
    if (this.#state === 'trying') this.#onGivenUp()
  }
}
