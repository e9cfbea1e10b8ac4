import type { Clock } from '../../shared/clock.ts'
import { withDeadline } from '../../shared/deadline.ts'
import type { Logger } from '../../shared/logging.ts'
import { boundedLine } from '../../shared/transcript-store/transcript-line.ts'
import type {
  TranscriptLine,
  TranscriptRooms,
  TranscriptStore,
} from '../../shared/transcript-store/transcript-store.ts'
import { JournalFiles, type WaitingRecords } from './journal-files.ts'
import type { JournalRecord } from './journal-record.ts'
import type { SpoolDisk } from './spool-disk.ts'
import { StoreFlusher } from './store-flusher.ts'
import type { TranscriptMetrics, Waiting } from './transcript-metrics.ts'

/** The disk is asked to write no more often. */
const SAVE_INTERVAL_MS = 250
const DISK_RETRY_MS = 5_000
/** A final is short; this many are a few megabytes at most, but for people who never pause. */
const MAX_UNSAVED = 5_000
const RECORDS_AT_ONCE = 500
const CLOSE_DEADLINE_MS = 1_500
/** A disk that hangs is not waited for; what it holds is stored after the next start. */
const CLOSE_FILES_DEADLINE_MS = 500
/** Of a stop that is short of time, as much goes to either at most; the rest is for what is closed after the journal. */
const CLOSE_SHARE = 0.6
const CLOSE_FILES_SHARE = 0.2

export type TranscriptJournalOptions = {
  readonly disk: SpoolDisk
  readonly store: Pick<TranscriptStore, 'append'>
  readonly maxBytes: number
  readonly retentionDays: number
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: TranscriptMetrics
  /** 0 ≤ number < 1 */
  readonly random?: () => number
}

/**
 * Takes final captions to the store through files that outlive this process. What was kept is on the disk about a quarter
 * of a second later, and from then on is stored whatever happens to the process or the store, in order, and not twice: a
 * line replaces itself. While the disk refuses, lines are stored from memory.
 */
export class TranscriptJournal {
  readonly #options: TranscriptJournalOptions
  readonly #flusher: StoreFlusher
  /** In the order in which they came, not yet on the disk. */
  readonly #unsaved = new Set<JournalRecord>()
  #files: JournalFiles | undefined
  #saving: Promise<void> | undefined
  #cancelSave: (() => void) | undefined
  #savedAt = 0
  #diskFails = false
  #closing: Promise<void> | undefined

  /** Opens the journal and begins with what an earlier process left. A disk that refuses is told, and asked again. */
  static async open(options: TranscriptJournalOptions): Promise<TranscriptJournal> {
    const journal = new TranscriptJournal(options)
    await journal.#openFiles().catch((error: unknown) => journal.#diskFailed(error))
    journal.#flusher.wake()
    return journal
  }

  private constructor(options: TranscriptJournalOptions) {
    this.#options = options
    this.#flusher = new StoreFlusher({
      ...options,
      oldest: (most) => this.#oldest(most),
      random: options.random ?? Math.random,
    })
    options.metrics.watch(() => this.waiting)
  }

  get waiting(): Waiting {
    const [unsaved] = this.#unsaved
    const oldestAt = this.#flusher.oldestAt ?? unsaved?.keptAt
    const ageMs = oldestAt === undefined ? 0 : Math.max(0, this.#options.clock.now() - oldestAt)
    return { lines: (this.#files?.waiting ?? 0) + this.#unsaved.size, oldestSeconds: ageMs / 1_000 }
  }

  /** Takes a final line, or the same one again, which replaces it. A line without a word is none. Never throws. */
  keep({ roomId, createdAt }: TranscriptRooms, line: TranscriptLine): void {
    const { clock, metrics } = this.#options
    if (line.text.trim() === '') return
    metrics.kept()
    if (this.#closing) {
      metrics.dropped('stopped', 1)
      return
    }
    this.#unsaved.add({ roomId, createdAt, keptAt: clock.now(), line: boundedLine(line) })
    const [oldest] = this.#unsaved
    if (oldest && this.#unsaved.size > MAX_UNSAVED) {
      this.#unsaved.delete(oldest)
      metrics.dropped('memory_full', 1)
    }
    this.#scheduleSave(this.#savedAt + SAVE_INTERVAL_MS)
    if (this.#diskFails) this.#flusher.wake()
  }

  /**
   * Saves and stores what there is, until a deadline of its own, or sooner where the stop has only `leftMs` milliseconds left.
   * What is on the disk then is stored after the next start.
   */
  close(leftMs = Number.POSITIVE_INFINITY): Promise<void> {
    this.#closing ??= this.#close(Math.max(0, leftMs))
    return this.#closing
  }

  async #close(leftMs: number): Promise<void> {
    const { clock, metrics } = this.#options
    this.#cancelSave?.()
    const late = () => new Error('the journal was closed at the deadline')
    const finishMs = Math.min(CLOSE_DEADLINE_MS, CLOSE_SHARE * leftMs)
    await withDeadline(clock, finishMs, this.#finish(), late).catch(() => undefined)
    this.#flusher.stop()
    if (this.#unsaved.size > 0) metrics.dropped('stopped', this.#unsaved.size)
    this.#unsaved.clear()
    const closed = this.#files?.close() ?? Promise.resolve()
    const filesMs = Math.min(CLOSE_FILES_DEADLINE_MS, CLOSE_FILES_SHARE * leftMs)
    await withDeadline(clock, filesMs, closed, late).catch(() => metrics.journalFailed())
  }

  async #finish(): Promise<void> {
    await this.#saving
    while (this.#unsaved.size > 0 && (await this.#save()));
    await this.#flusher.drain()
  }

  #scheduleSave(at: number): void {
    if (this.#cancelSave || this.#saving || this.#closing) return
    const { clock } = this.#options
    this.#cancelSave = clock.after(Math.max(0, at - clock.now()), () => {
      this.#cancelSave = undefined
      this.#saving = this.#save().then((saved) => {
        this.#saving = undefined
        const pauseMs = saved ? SAVE_INTERVAL_MS : DISK_RETRY_MS
        if (this.#unsaved.size > 0) this.#scheduleSave(this.#savedAt + pauseMs)
      })
    })
  }

  /** Whether the disk took what it was given. */
  async #save(): Promise<boolean> {
    const records = [...this.#unsaved].slice(0, RECORDS_AT_ONCE)
    if (records.length === 0) return true
    try {
      const files = await this.#openFiles()
      await files.append(records)
      for (const record of records) this.#unsaved.delete(record)
      this.#diskWorks()
    } catch (error) {
      this.#diskFailed(error)
    }
    this.#savedAt = this.#options.clock.now()
    this.#flusher.wake()
    return !this.#diskFails
  }

  async #openFiles(): Promise<JournalFiles> {
    this.#files ??= await JournalFiles.open(this.#options)
    return this.#files
  }

  /** What is on the disk is older than what is not, and is stored from memory only while the disk refuses. */
  async #oldest(most: number): Promise<WaitingRecords | undefined> {
    const saved = await this.#files?.oldest(most)
    if (saved || !this.#diskFails || this.#unsaved.size === 0) return saved
    const records = [...this.#unsaved].slice(0, most)
    const done = async () => {
      for (const record of records) this.#unsaved.delete(record)
    }
    return { records, done }
  }

  #diskFailed(error: unknown): void {
    const { metrics, logger } = this.#options
    metrics.journalFailed()
    if (!this.#diskFails) {
      logger.error({ err: error }, 'finals cannot be written to TRANSCRIPT_SPOOL_DIR, and are stored from memory')
    }
    this.#diskFails = true
  }

  #diskWorks(): void {
    if (this.#diskFails) this.#options.logger.info('finals are written to TRANSCRIPT_SPOOL_DIR again')
    this.#diskFails = false
  }
}
