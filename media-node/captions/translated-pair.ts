import type { Clock } from '../../shared/clock.ts'
import { withDeadline } from '../../shared/deadline.ts'
import type { Logger } from '../../shared/logging.ts'
import type { CaptionMetrics } from './caption-metrics.ts'
import { captionText } from './caption-text.ts'
import type { Translation, TranslationRequest, Translator } from './translation/translator.ts'
import { type TranslationAttempt, TranslatorBreaker } from './translator-breaker.ts'

export type TranslatedPairOptions = {
  readonly translator: Translator
  /** BCP 47, as is `to`. */
  readonly from: string
  readonly to: string
  readonly clock: Clock
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly metrics: CaptionMetrics
  readonly logger: Logger
}

/** A final that was not translated by then is read as it was said. */
export const TRANSLATION_DEADLINE_MS = 1_500

/** A pair that the translator did not know is asked for again after so long: a model may have been added. */
export const UNSUPPORTED_MS = 300_000

/**
 * One language into another, within a deadline and not while it fails. Each pair fails for itself: there may be a program
 * or a model of its own behind it.
 */
export class TranslatedPair {
  readonly #options: TranslatedPairOptions
  readonly #breaker: TranslatorBreaker
  #unsupportedUntil = Number.NEGATIVE_INFINITY

  constructor(options: TranslatedPairOptions) {
    this.#options = options
    this.#breaker = new TranslatorBreaker(options.now)
  }

  /** Whether the translator said lately that it does not know the pair. */
  get unsupported(): boolean {
    return this.#options.now() < this.#unsupportedUntil
  }

  /** Whether the translator is left alone for a while. */
  get resting(): boolean {
    return this.#breaker.resting
  }

  /** Undefined when there is no translation. Never rejects. */
  async translate({ text, signal }: Pick<TranslationRequest, 'text' | 'signal'>): Promise<string | undefined> {
    const { metrics, now } = this.#options
    const attempt = this.#breaker.attempt()
    if (attempt === undefined) {
      metrics.count('translations_skipped', 1)
      return undefined
    }
    const askedAt = now()
    const answer = await this.#ask(text, signal)
    const rested = this.resting
    if ('kind' in answer && signal.aborted) attempt.abandoned()
    else this.#settle(attempt, answer)
    this.#logChange(rested, answer)
    if ('kind' in answer) return undefined
    metrics.observeStage('translate', (now() - askedAt) / 1_000)
    return answer.text === '' ? undefined : captionText(answer.text)
  }

  async #ask(text: string, signal: AbortSignal): Promise<Translation> {
    const { translator, clock, from, to } = this.#options
    const late = new AbortController()
    try {
      const answer = translator.translate({ text, from, to, signal: AbortSignal.any([signal, late.signal]) })
      return await withDeadline(clock, TRANSLATION_DEADLINE_MS, answer, () => new Error('no answer in time'))
    } catch {
      late.abort()
      return { kind: 'unreachable', detail: 'no answer in time' }
    }
  }

  #settle(attempt: TranslationAttempt, answer: Translation): void {
    const { metrics, now } = this.#options
    const failure = 'kind' in answer ? answer.kind : undefined
    metrics.count(failure === undefined ? 'translations' : 'translations_failed', 1)
    if (failure === 'pair_unsupported') this.#unsupportedUntil = now() + UNSUPPORTED_MS
    if (failure === undefined) attempt.succeeded()
    else attempt.failed(failure)
  }

  #logChange(rested: boolean, answer: Translation): void {
    const { logger, from, to } = this.#options
    if ('kind' in answer && !rested && this.resting) {
      const { kind, detail } = answer
      logger.warn({ from, to, kind, detail }, 'captions are not translated for now')
    } else if (rested && !this.resting) logger.info({ from, to }, 'captions are translated again')
  }
}
