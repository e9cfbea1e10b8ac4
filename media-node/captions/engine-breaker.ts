import type { Clock } from '../../shared/clock.ts'
import { BackOff } from './back-off.ts'

export type EngineBreakerOptions = {
  readonly clock: Clock
  readonly random: () => number
  /** Finds out whether the engine can be had; with what is wrong when not. Never rejects. */
  readonly probe: () => Promise<string | undefined>
  /** It opened, for the reason given, or closed again. */
  readonly changed: (state: 'open' | 'closed', detail: string) => void
  /** Streams that were not admitted may be now. */
  readonly admitting: () => void
}

/**
 * How much a failure tells: this much together, with no success in between, opens the breaker. One utterance counts once
 * and never opens it alone: perhaps it is that sound which the engine cannot bear.
 */
const WEIGHT_TO_OPEN = 3
export const FAILURE_WEIGHTS = { unreachable: 1, overloaded: 1, hung: 2, refused: WEIGHT_TO_OPEN } as const
export const MIN_PAUSE_MS = 1_000
export const MAX_PAUSE_MS = 5_000

/**
 * Keeps streams away from an engine that fails. Closed, it admits all. Open, it admits none and probes the engine after a
 * pause, longer each time; once a probe succeeds it is half-open and admits one stream, whose first text closes it.
 */
export class EngineBreaker {
  readonly #options: EngineBreakerOptions
  readonly #backOff: BackOff
  #state: 'closed' | 'open' | 'half-open' = 'closed'
  #weight = 0
  /** The utterances that failed since the last success. */
  #blamed = new WeakSet<object>()
  #trial: symbol | undefined
  #cancelProbe: () => void = () => undefined
  #closed = false

  constructor(options: EngineBreakerOptions) {
    this.#options = options
    const { random } = options
    this.#backOff = new BackOff({ firstMs: MIN_PAUSE_MS, mostMs: MAX_PAUSE_MS - MIN_PAUSE_MS, random })
  }

  /** Whether a stream may be opened now. */
  get admits(): boolean {
    return this.#state === 'closed' || (this.#state === 'half-open' && this.#trial === undefined)
  }

  /** A stream is about to be opened. Returns what is to be called when it is over, however often. */
  enter(): () => void {
    if (this.#state !== 'half-open') return () => undefined
    const trial = Symbol('trial')
    this.#trial = trial
    return () => {
      if (this.#trial !== trial) return
      this.#trial = undefined
      if (this.#state === 'half-open') this.#options.admitting()
    }
  }

  succeeded(): void {
    this.#weight = 0
    this.#blamed = new WeakSet()
    if (this.#state !== 'half-open') return
    this.#state = 'closed'
    this.#backOff.reset()
    this.#options.changed('closed', 'it answers again')
    this.#options.admitting()
  }

  /** `utterance` is what the failed stream was given; undefined where no stream was opened or nothing was said. */
  failed(kind: keyof typeof FAILURE_WEIGHTS, detail: string, utterance?: object): void {
    this.#weight += this.#weightOf(kind, utterance)
    if (this.#state === 'open' || (this.#state === 'closed' && this.#weight < WEIGHT_TO_OPEN)) return
    if (this.#state === 'closed') this.#options.changed('open', detail)
    this.#open()
  }

  close(): void {
    this.#closed = true
    this.#cancelProbe()
  }

  #weightOf(kind: keyof typeof FAILURE_WEIGHTS, utterance: object | undefined): number {
    if (utterance === undefined) return FAILURE_WEIGHTS[kind]
    if (this.#blamed.has(utterance)) return 0
    this.#blamed.add(utterance)
    return Math.min(FAILURE_WEIGHTS[kind], WEIGHT_TO_OPEN - 1)
  }

  #open(): void {
    this.#state = 'open'
    this.#weight = 0
    this.#blamed = new WeakSet()
    this.#cancelProbe = this.#options.clock.after(MIN_PAUSE_MS + this.#backOff.next(), () => this.#probe())
  }

  async #probe(): Promise<void> {
    const trouble = await this.#options.probe()
    if (this.#closed) return
    if (trouble !== undefined) {
      this.#open()
      return
    }
    this.#state = 'half-open'
    this.#trial = undefined
    this.#options.admitting()
  }
}
