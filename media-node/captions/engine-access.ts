import type { Clock } from '../../shared/clock.ts'
import { BackOff } from './back-off.ts'
import { type Engine, type EngineFailure, type EngineStream, isFailure, type RecognisedText } from './engine.ts'
import type { LaneTally } from './lane-tally.ts'

export type EngineAccessOptions = {
  readonly engine: Engine
  readonly language: string
  readonly tally: LaneTally
  readonly clock: Clock
  readonly random: () => number
  readonly opened: () => void
  readonly onText: (text: RecognisedText) => void
  /** The stream is gone, or none could be had. What should happen next is asked for anew. */
  readonly failed: (failure: EngineFailure) => void
}

const FIRST_RETRY_MS = 250
const MAX_RETRY_MS = 5_000

/** One speaker's way to a stream of the engine: at most one at a time, and none that nobody owns. */
export class EngineAccess {
  readonly #options: EngineAccessOptions
  readonly #backOff: BackOff
  #stream: EngineStream | undefined
  /** Which opening of a stream is in force; what earlier ones say is not heard. */
  #attempt: symbol | undefined
  #cancelRetry: (() => void) | undefined

  constructor(options: EngineAccessOptions) {
    this.#options = options
    this.#backOff = new BackOff({ firstMs: FIRST_RETRY_MS, mostMs: MAX_RETRY_MS, random: options.random })
  }

  get stream(): EngineStream | undefined {
    return this.#stream
  }

  /** Gets a stream, unless there is one or one is on its way. */
  seek(): void {
    if (this.#attempt === undefined && this.#cancelRetry === undefined) this.#open()
  }

  /** Gets a stream after a while, longer each time until a text has come. */
  seekLater(): void {
    this.leave()
    this.#cancelRetry = this.#options.clock.after(this.#backOff.next(), () => {
      this.#cancelRetry = undefined
      this.#options.tally.count('engine_retries', 1)
      this.#open()
    })
  }

  /** Gives up the stream, or the search for one. */
  leave(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    this.#attempt = undefined
    this.#stream?.close()
    this.#stream = undefined
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
