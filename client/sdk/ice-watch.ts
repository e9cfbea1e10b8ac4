import type { IceState } from './media.ts'
import type { Timer } from './timer.ts'

/** WebRTC may come back by itself from a short loss. */
const RESTART_AFTER_MS = 1_000
/** For a restart to bring media back. */
const RESTART_DEADLINE_MS = 5_000

/** Restarts ICE where media is interrupted, and says once that media is lost where that does not help. */
export class IceWatch {
  readonly #restart: () => void
  readonly #onLost: () => void
  readonly #timer: Timer
  #state: IceState | 'new' = 'new'
  #wasConnected = false
  #cancel = () => {}
  #isRestarting = false

  constructor(options: { restart: () => void; onLost: () => void; timer: Timer }) {
    this.#restart = options.restart
    this.#onLost = options.onLost
    this.#timer = options.timer
  }

  /** Whether media ever got through. */
  get wasConnected(): boolean {
    return this.#wasConnected
  }

  changed(state: IceState): void {
    this.#state = state
    if (state === 'connected') this.#connected()
    else if (this.#isRestarting) return
    else if (state === 'failed') this.restart()
    else this.#await(RESTART_AFTER_MS, () => this.restart())
  }

  /** Restarts now, whatever the state, as on a new connection to the media node. */
  restart(): void {
    this.#restart()
    if (this.#state === 'connected' || this.#state === 'new') return
    this.#isRestarting = true
    this.#await(RESTART_DEADLINE_MS, this.#onLost)
  }

  /** Until the next change or restart, as while the media node cannot be asked. */
  pause(): void {
    this.#cancel()
    this.#isRestarting = false
  }

  #connected(): void {
    this.#wasConnected = true
    this.#isRestarting = false
    this.#cancel()
  }

  #await(delayMs: number, task: () => void): void {
    this.#cancel()
    this.#cancel = this.#timer(delayMs, task)
  }
}
