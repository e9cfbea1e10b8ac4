import type { Clock } from '../../shared/clock.ts'
import { BackOff } from './back-off.ts'
import { Countdown } from './countdown.ts'
import type { EngineFailure, EngineStream, RecognisedText } from './engine.ts'
import { type EngineSupply, isUnsupplied, type Supplied } from './engine-supply.ts'
import type { LaneTally } from './lane-tally.ts'
import type { SlotTaker, StreamSlots } from './stream-slots.ts'

export type EngineAccessOptions = {
  readonly supply: EngineSupply
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
  /** As in a request to the supply. */
  readonly utterance: () => object | undefined
  readonly fallbackFirst: () => boolean
}

const FIRST_RETRY_MS = 250
const MAX_RETRY_MS = 5_000
/** Who waits longer for a turn is late enough for readers to be told. */
export const LONG_WAIT_MS = 2_000

/** One speaker's way to a stream of the engine: in turn, at most one at a time, and none that nobody owns. */
export class EngineAccess implements SlotTaker {
  readonly #options: EngineAccessOptions
  readonly #backOff: BackOff
  #supplied: Supplied | undefined
  /** Which opening of a stream is in force; what earlier ones say is not heard. */
  #attempt: symbol | undefined
  #cancelRetry: (() => void) | undefined
  #retries = false
  #lastEngine: string | undefined
  readonly #wait: Countdown

  constructor(options: EngineAccessOptions) {
    this.#options = options
    this.#backOff = new BackOff({ firstMs: FIRST_RETRY_MS, mostMs: MAX_RETRY_MS, random: options.random })
    this.#wait = new Countdown({ clock: options.clock, ms: LONG_WAIT_MS, task: options.delayed })
  }

  get stream(): EngineStream | undefined {
    return this.#supplied?.stream
  }

  /** Whether the stream is another engine's than it should be. */
  get instead(): boolean {
    return this.#supplied?.instead === true
  }

  /** Whether there is a better stream to be had than this one. */
  get outdated(): boolean {
    return this.instead && this.#options.supply.hasBetter(this.#options.language)
  }

  /** Gets a stream when it is the speaker's turn, unless there is one or one is on its way. */
  seek(): void {
    if (this.#attempt !== undefined || this.#cancelRetry !== undefined) return
    const { supply, slots, language, failed } = this.#options
    const trouble = supply.trouble(language)
    if (trouble !== undefined) {
      failed(trouble)
      return
    }
    this.#wait.start()
    slots.request(this)
  }

  granted(): void {
    this.#wait.stop()
    if (this.#options.needed()) this.#open()
    else this.leave()
  }

  wanted(): void {
    this.#options.wanted()
  }

  /** An utterance was tried as often as one is. What comes next is tried as if nothing had failed. */
  gaveUpUtterance(): void {
    this.#backOff.reset()
    if (this.#lastEngine !== undefined) this.#options.supply.gaveUpUtterance(this.#lastEngine)
  }

  /**
   * Gets a stream after a while, longer each time until a text has come, or as soon as it is known to be of use. The while
   * is at least `atLeastMs`.
   */
  seekLater(atLeastMs: number): void {
    this.leave()
    const { clock, supply } = this.#options
    const retry = () => {
      this.#endRetry()
      this.#retries = true
      this.seek()
    }
    const stops = [clock.after(Math.max(atLeastMs, this.#backOff.next()), retry), supply.whenBetter(retry)]
    this.#cancelRetry = () => {
      for (const stop of stops) stop()
    }
  }

  /** Gives up the stream, or the search for one, and the turn. */
  leave(): void {
    this.#endRetry()
    this.#wait.stop()
    this.#attempt = undefined
    this.#supplied?.close()
    this.#supplied = undefined
    this.#options.slots.release(this)
  }

  /** The engine gave no answer in time. */
  hung(): void {
    const detail = 'it did not answer in time'
    this.#attempt = undefined
    this.#supplied?.hung(detail)
    this.#fail({ kind: 'unreachable', detail })
  }

  async #open(): Promise<void> {
    const attempt = Symbol('attempt')
    this.#attempt = attempt
    const { supply, language, tally, utterance, fallbackFirst } = this.#options
    if (this.#retries) tally.count('engine_retries', 1)
    this.#retries = false
    const opened = await supply.open({
      language,
      utterance,
      fallbackFirst: fallbackFirst(),
      onText: (text) => this.#attempt === attempt && this.#onText(text),
      onFailure: (failure) => this.#attempt === attempt && this.#fail(failure),
      onIgnored: () => tally.count('engine_messages_ignored', 1),
    })
    if (this.#attempt !== attempt) {
      if (!isUnsupplied(opened)) opened.close()
    } else if (isUnsupplied(opened)) this.#fail(opened)
    else {
      this.#supplied = opened
      this.#lastEngine = opened.engine
      this.#options.opened()
    }
  }

  #fail(failure: EngineFailure): void {
    this.leave()
    const { supply, language, failed } = this.#options
    failed(supply.trouble(language) ?? passing(failure))
  }

  #endRetry(): void {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
  }

  #onText(text: RecognisedText): void {
    this.#backOff.reset()
    this.#options.onText(text)
  }
}

/** What an engine will not do may still be done by another one. */
function passing({ kind, detail }: EngineFailure): EngineFailure {
  return { kind: kind === 'overloaded' ? kind : 'unreachable', detail }
}
