import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/logging.ts'
import type { CallError } from '../../shared/protocol/error-code.ts'
import type { TranscriptStore } from '../../shared/transcript-store/transcript-store.ts'
import type { WaitingRecords } from './journal-files.ts'
import { expiryOf, storeLines } from './store-lines.ts'
import type { TranscriptMetrics } from './transcript-metrics.ts'

const RECORDS_AT_ONCE = 100
/** More refused lines in a row than this are taken for a table that is not ours, and wait. */
const MOST_RECORDS_AT_ONCE = 800
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000

export type StoreFlusherOptions = {
  /** The records that wait the longest; undefined when there are none. */
  readonly oldest: (most: number) => Promise<WaitingRecords | undefined>
  readonly store: Pick<TranscriptStore, 'append'>
  readonly retentionDays: number
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: TranscriptMetrics
  /** 0 ≤ number < 1 */
  readonly random: () => number
}

/**
 * Takes what waits to the store, oldest first, and waits longer and longer while the store is away. A line that the store
 * refuses while it takes others is dropped and counted. While it takes none, none is dropped, and more lines are tried at
 * once, to find one that it takes.
 */
export class StoreFlusher {
  readonly #options: StoreFlusherOptions
  #running: Promise<void> | undefined
  #wokenMeanwhile = false
  #cancelPause: (() => void) | undefined
  #failures = 0
  #recordsAtOnce = RECORDS_AT_ONCE
  #refusalTold = false
  #oldestAt: number | undefined
  #stopped = false

  constructor(options: StoreFlusherOptions) {
    this.#options = options
  }

  /** When the record was kept that is being stored, or waits for the store to come back. */
  get oldestAt(): number | undefined {
    return this.#oldestAt
  }

  /** There may be something to store. While the store is away, it is tried when its pause is over. */
  wake(): void {
    if (this.#stopped || this.#cancelPause) return
    this.#wokenMeanwhile = true
    this.#running ??= this.#run()
  }

  /** Tries the store at once, away or not, until all is stored or it refuses. */
  async drain(): Promise<void> {
    this.#cancelPause?.()
    this.#cancelPause = undefined
    this.wake()
    await this.#running
  }

  stop(): void {
    this.#stopped = true
    this.#cancelPause?.()
  }

  async #run(): Promise<void> {
    try {
      while (this.#wokenMeanwhile && !this.#stopped) {
        this.#wokenMeanwhile = false
        while (await this.#storeOldest());
      }
    } catch (error) {
      this.#failed(error)
    } finally {
      this.#running = undefined
    }
  }

  /** Whether there may be more. */
  async #storeOldest(): Promise<boolean> {
    const { store, retentionDays, clock, metrics, oldest } = this.#options
    const waiting = await oldest(this.#recordsAtOnce)
    this.#oldestAt = waiting?.records[0]?.keptAt
    if (!waiting || this.#stopped) return false
    const now = clock.now()
    const current = waiting.records.filter((record) => expiryOf(record, retentionDays) > now)
    const refused = await storeLines(store, current, retentionDays)
    const stored = current.length - refused.length
    if (refused.length > 0) this.#refused(refused, stored)
    this.#succeeded()
    const expired = waiting.records.length - current.length
    if (expired > 0) metrics.dropped('expired', expired)
    metrics.stored(stored)
    await waiting.done()
    this.#oldestAt = undefined
    return !this.#stopped
  }

  /** @throws CallError when no line was stored beside those: they may be right, and the table a wrong one */
  #refused(refused: readonly CallError[], stored: number): void {
    if (stored === 0) {
      this.#recordsAtOnce = Math.min(MOST_RECORDS_AT_ONCE, 2 * this.#recordsAtOnce)
      throw refused[0]
    }
    const { metrics, logger } = this.#options
    metrics.dropped('refused', refused.length)
    if (!this.#refusalTold)
      logger.error({ reason: reasonOf(refused[0]) }, 'the store refuses some finals: they are dropped')
    this.#refusalTold = true
  }

  #failed(error: unknown): void {
    const { clock, random, metrics, logger } = this.#options
    metrics.storeFailed()
    this.#wokenMeanwhile = false
    if (this.#stopped) return
    if (this.#failures === 0) logger.warn({ reason: reasonOf(error) }, 'finals cannot be stored, and wait')
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures)
    this.#failures += 1
    this.#cancelPause = clock.after(pauseMs * (0.5 + random() / 2), () => {
      this.#cancelPause = undefined
      this.wake()
    })
  }

  #succeeded(): void {
    if (this.#failures > 0) this.#options.logger.info('finals are stored again')
    this.#failures = 0
    this.#recordsAtOnce = RECORDS_AT_ONCE
  }
}

/** What failed, by its name: messages may quote what was to be stored. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.name : 'unknown'
}
