import type { Logger } from '../../shared/logging.ts'
import type { RoomObserver } from './room-observer.ts'

/** Those who follow one room. One that fails costs itself only. */
export class RoomObservers {
  readonly #logger: Logger
  readonly #observers = new Set<Partial<RoomObserver>>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Until the returned function is called. */
  add(observer: Partial<RoomObserver>): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  tell(call: (observer: Partial<RoomObserver>) => void): void {
    for (const observer of this.#observers) {
      try {
        call(observer)
      } catch (error) {
        this.#logger.error({ err: error }, 'an observer of a room failed')
      }
    }
  }

  clear(): void {
    this.#observers.clear()
  }
}
