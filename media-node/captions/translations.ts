import type { Clock } from '../../shared/clock.ts'
import { withDeadline } from '../../shared/deadline.ts'
import type { Logger } from '../../shared/logging.ts'
import { RecentMap } from '../../shared/recent-map.ts'
import type { CaptionMetrics } from './caption-metrics.ts'
import { captionText } from './caption-text.ts'
import type { Translation, TranslationFailure, Translator } from './translation/translator.ts'
import { type TranslationAttempt, TranslatorBreaker } from './translator-breaker.ts'

export type TextToTranslate = {
  readonly text: string
  /** BCP 47, as is `to`. */
  readonly from: string
  readonly to: string
  readonly final: boolean
  /** Says that nobody waits for it any more. */
  readonly signal: AbortSignal
}

export type TranslationsOptions = {
  /** Undefined where there is none: then no pair is known. */
  readonly translator: Translator | undefined
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly metrics: CaptionMetrics
  readonly logger: Logger
}

/** A final that was not translated by then is read as it was said. */
export const TRANSLATION_DEADLINE_MS = 1_500
/** Texts that the media node may have at the translator at once; partials leave room for finals. */
const MAX_IN_FLIGHT = 64
const MAX_PARTIALS_IN_FLIGHT = 48
/** Pairs that turned out to be unsupported, as many as are remembered. */
const MAX_UNSUPPORTED_PAIRS = 1_000

/** The way of a media node to its translator: within a deadline, so many texts at once, and not while it fails. */
export class Translations {
  readonly #options: TranslationsOptions
  readonly #breaker: TranslatorBreaker
  readonly #unsupported = new RecentMap<string, true>(MAX_UNSUPPORTED_PAIRS)
  #inFlight = 0

  constructor(options: TranslationsOptions) {
    this.#options = options
    this.#breaker = new TranslatorBreaker(options.now)
  }

  /** Whether it makes sense to wait for a translation. */
  ready(from: string, to: string): boolean {
    return !this.#breaker.resting && this.#knows(from, to)
  }

  /**
   * Undefined when there is no translation: the pair is unknown, the translator failed, rests or has enough to do, or the
   * deadline passed. Never rejects. May be asked while it is not ready: that is how a translator that rests is tried again.
   */
  async translate(request: TextToTranslate): Promise<string | undefined> {
    const { metrics, now } = this.#options
    if (!this.#knows(request.from, request.to)) return undefined
    const room = this.#inFlight < (request.final ? MAX_IN_FLIGHT : MAX_PARTIALS_IN_FLIGHT)
    const attempt = room ? this.#breaker.attempt() : undefined
    if (attempt === undefined) {
      metrics.count('translations_skipped', 1)
      return undefined
    }
    this.#inFlight += 1
    const askedAt = now()
    const answer = await this.#ask(request)
    this.#inFlight -= 1
    if ('kind' in answer) return this.#failed(answer, attempt, request)
    this.#succeeded(attempt)
    metrics.observeStage('translate', (now() - askedAt) / 1_000)
    return captionText(answer.text)
  }

  async #ask({ text, from, to, signal }: TextToTranslate): Promise<Translation> {
    const { translator, clock } = this.#options
    if (translator === undefined) return { kind: 'pair_unsupported', detail: 'there is no translator' }
    const late = new AbortController()
    try {
      const answer = translator.translate({ text, from, to, signal: AbortSignal.any([signal, late.signal]) })
      return await withDeadline(clock, TRANSLATION_DEADLINE_MS, answer, () => new Error('no answer in time'))
    } catch {
      late.abort()
      return { kind: 'unreachable', detail: 'no answer in time' }
    }
  }

  #knows(from: string, to: string): boolean {
    const { translator } = this.#options
    return (
      translator !== undefined && this.#unsupported.get(pair(from, to)) === undefined && translator.supports(from, to)
    )
  }

  #succeeded(attempt: TranslationAttempt): void {
    const rested = this.#breaker.resting
    attempt.succeeded()
    this.#options.metrics.count('translations', 1)
    if (rested && !this.#breaker.resting) this.#options.logger.info('captions are translated again')
  }

  #failed(failure: TranslationFailure, attempt: TranslationAttempt, { from, to, signal }: TextToTranslate): undefined {
    if (signal.aborted) {
      attempt.abandoned()
      return
    }
    const { metrics, logger } = this.#options
    metrics.count('translations_failed', 1)
    if (failure.kind === 'pair_unsupported') {
      attempt.succeeded()
      this.#unsupported.set(pair(from, to), true)
      return
    }
    const rested = this.#breaker.resting
    attempt.failed(failure.kind)
    if (!rested && this.#breaker.resting) logger.warn({ ...failure }, 'captions are not translated for now')
  }
}

function pair(from: string, to: string): string {
  return `${from} ${to}`.toLowerCase()
}
