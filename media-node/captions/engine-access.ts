import type { Clock } from '../../shared/clock.ts'
import { BackOff } from './back-off.ts'
import { Countdown } from './countdown.ts'
import { type Engine, type EngineFailure, type EngineStream, isFailure, type RecognisedText } from './engine.ts'
import type { LaneTally } from './lane-tally.ts'
import type { SlotTaker, StreamSlots } from './stream-slots.ts'

export type EngineAccessOptions = {
  readonly engine: Engine
  readonly slots: StreamSlots
  readonly language: string
  readonly tally: LaneTally
  readonly clock: Clock
  readonly random: () => number
  /** Whether there is still something to recognise. */
  readonly needed: () => boolean
  /** The speaker has waited long for a turn. */
  readonly delayed: () => void
  /** Others wait for a turn. */
  readonly wanted: () => void
  readonly opened: () => void
  readonly onText: (text: RecognisedText) => void
  /** The stream is gone, or none could be had. What should happen next is asked for anew. */
  readonly failed: (failure: EngineFailure) => void
}

const FIRST_RETRY_MS = 250
const MAX_RETRY_MS = 5_000
/** Who waits longer for a turn is late enough for readers to be told. */
export const LONG_WAIT_MS = 2_000

/** One speaker's way to a stream of the engine: in turn, at most one at a time, and none that nobody owns. */
export class EngineAccess implements SlotTaker {
  readonly #options: EngineAccessOptions
  readonly #backOff: BackOff
  #stream: EngineStream | undefined
  /** Which opening of a stream is in force; what earlier ones say is not heard. */
  #attempt: symbol | undefined
  #cancelRetry: (() => void) | undefined
  readonly #wait: Countdown

  constructor(options: EngineAccessOptions) {
    this.#options = options
    this.#backOff = new BackOff({ firstMs: FIRST_RETRY_MS, mostMs: MAX_RETRY_MS, random: options.random })
    this.#wait = new Countdown({ clock: options.clock, ms: LONG_WAIT_MS, task: options.delayed })
  }

  get stream(): EngineStream | undefined {
    return this.#stream
  }

  /** Gets a stream when it is the speaker's turn, unless there is one or one is on its way. */
  seek(): void {
    if (this.#attempt !== undefined || this.#cancelRetry !== undefined) return
    this.#wait.start()
    this.#options.slots.request(this)
  }

  granted(): void {
    this.#wait.stop()
    if (this.#options.needed()) this.#open()
    else this.leave()
  }

  wanted(): void {
    this.#options.wanted()
  }

  /** Gets a stream after a while, longer each time until a text has come. */
  seekLater(): void {
    this.leave()
    this.#cancelRetry = this.#options.clock.after(this.#backOff.next(), () => {
      this.#cancelRetry = undefined
      this.#options.tally.count('engine_retries', 1)
      this.seek()
    })
  }

  /** Gives up the stream, or the search for one, and the turn. */
  leave(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.#wait.stop()
    this.#attempt = undefined
    this.#stream?.close()
    this.#stream = undefined
    this.#options.slots.release(this)
  }

  /** The stream has failed, as far as its user can tell. */
  fail(failure: EngineFailure): void {
    this.leave()
    this.#options.tally.count('engine_failures', 1)
    this.#options.failed(failure)
  }

  async #open(): Promise<void> {
    const attempt = Symbol('attempt')
    this.#attempt = attempt
    const { engine, language } = this.#options
    const opened = await engine.open({
      language,
      onText: (text) => this.#attempt === attempt && this.#onText(text),
      onFailure: (failure) => this.#attempt === attempt && this.fail(failure),
    })
    if (this.#attempt !== attempt) {
      if (!isFailure(opened)) opened.close()
    } else if (isFailure(opened)) this.fail(opened)
    else {
      this.#stream = opened
      this.#options.opened()
    }
  }

  #onText(text: RecognisedText): void {
    this.#backOff.reset()
    this.#options.onText(text)
  }
}
