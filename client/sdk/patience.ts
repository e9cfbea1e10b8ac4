import { GIVE_UP_AFTER_MS, GIVE_UP_OFFLINE_AFTER_MS, MAX_RENEWALS, STEADY_AFTER_MS } from './reconnection-policy.ts'
import type { Timer } from './timer.ts'

/**
 * How long a call goes on trying. A connection that breaks again before it was steady is the same trouble, for which the
 * time to give up goes on. Without a network the call waits longer, since no attempt can help then.
 */
export class Patience {
  readonly #timer: Timer
  readonly #isOnline: () => boolean
  readonly #onGivenUp: () => void
  #state: 'steady' | 'trying' | 'recovered' = 'steady'
  #isExhausted = false
  #breaks = 0
  #renewals = 0
  #cancelGivingUp = () => {}
  #cancelSteady = () => {}

  constructor(options: { timer: Timer; isOnline: () => boolean; onGivenUp: () => void }) {
    this.#timer = options.timer
    this.#isOnline = options.isOnline
    this.#onGivenUp = options.onGivenUp
  }

  /** @returns how often the connection had broken before, in this same trouble */
  broke(): number {
    this.#cancelSteady()
    if (this.#state === 'steady') this.#begin()
    this.#state = 'trying'
    if (this.#isExhausted) this.#onGivenUp()
    this.#breaks += 1
    return this.#breaks - 1
  }

  recovered(): void {
    this.#state = 'recovered'
    this.#cancelSteady = this.#timer(STEADY_AFTER_MS, () => this.stop())
  }

  /** What was tried so far says nothing about now: the page has woken, or the machine's network has come. */
  renew(): void {
    if (this.#state === 'steady' || this.#renewals === MAX_RENEWALS) return
    this.#renewals += 1
    this.#begin()
  }

  stop(): void {
    this.#cancelSteady()
    this.#cancelGivingUp()
    this.#state = 'steady'
    this.#isExhausted = false
    this.#breaks = 0
    this.#renewals = 0
  }

  #begin(): void {
    this.#cancelGivingUp()
    this.#isExhausted = false
    this.#cancelGivingUp = this.#timer(GIVE_UP_AFTER_MS, () => {
      if (this.#isOnline()) this.#exhausted()
      else this.#cancelGivingUp = this.#timer(GIVE_UP_OFFLINE_AFTER_MS - GIVE_UP_AFTER_MS, () => this.#exhausted())
    })
  }

  #exhausted(): void {
    this.#isExhausted = true
    if (this.#state === 'trying') this.#onGivenUp()
  }
}
