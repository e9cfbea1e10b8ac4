import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { TranscriptJournal } from '../../../media-node/transcripts/transcript-journal.ts'
import type { TranscriptMetrics, Waiting } from '../../../media-node/transcripts/transcript-metrics.ts'
import { createLogger } from '../../../shared/logging.ts'
import type { TranscriptStore } from '../../../shared/transcript-store/transcript-store.ts'
import { until } from '../../integration/media-node/until.ts'
import { newLine } from '../../integration/shared/transcript-store-contract.ts'
import { SettableClock } from '../shared/settable-clock.ts'
import { ScriptedDisk } from './scripted-disk.ts'
import { ScriptedStore } from './scripted-store.ts'

export const SAVE_INTERVAL_MS = 250

/** Counts by name; reasons of drops are names, too. */
export class CountingMetrics implements TranscriptMetrics {
  readonly counts: Record<string, number> = {}
  waiting: () => Waiting = () => ({ lines: 0, oldestSeconds: 0 })

  kept = () => this.#count('kept', 1)
  stored = (lines: number) => this.#count('stored', lines)
  dropped = (reason: string, lines: number) => this.#count(reason, lines)
  storeFailed = () => this.#count('storeFailed', 1)
  journalFailed = () => this.#count('journalFailed', 1)
  watch = (waiting: () => Waiting) => {
    this.waiting = waiting
  }

  #count(name: string, by: number): void {
    this.counts[name] = (this.counts[name] ?? 0) + by
  }
}

/** One media node's folder, through any number of starts, under a clock that the test moves. */
export class TestJournal {
  readonly folder: string
  clock = new SettableClock()
  readonly store = new ScriptedStore()
  disk: ScriptedDisk
  metrics = new CountingMetrics()
  /** What was logged, a JSON line each. */
  readonly log: string[] = []
  maxBytes = 10_000_000
  retentionDays = 30

  static async create(t: TestContext): Promise<TestJournal> {
    const folder = await mkdtemp(join(tmpdir(), 'jbcalling-spool-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    return new TestJournal(join(folder, 'spool'))
  }

  constructor(folder: string) {
    this.folder = folder
    this.disk = new ScriptedDisk(folder)
  }

  /** The process dies: nothing of what it was about to do happens. */
  async die(): Promise<void> {
    await this.disk.die()
    this.disk = new ScriptedDisk(this.folder)
    this.clock = new SettableClock(this.clock.now())
  }

  async open(store: Pick<TranscriptStore, 'append'> = this.store): Promise<TranscriptJournal> {
    this.metrics = new CountingMetrics()
    const logger = createLogger({ name: 'test', level: 'silent' })
    const write = (level: string) => (details: object, text?: string) =>
      void this.log.push(JSON.stringify({ level, ...details, text: text ?? details }))
    const { clock, disk, metrics, maxBytes, retentionDays } = this
    return TranscriptJournal.open({
      disk,
      store,
      maxBytes,
      retentionDays,
      clock,
      metrics,
      logger: Object.assign(Object.create(logger), { info: write('info'), warn: write('warn'), error: write('error') }),
      random: () => 1,
    })
  }

  /** A line that says so, at the clock's time. */
  line(text: string, segmentId = text) {
    const now = this.clock.now()
    return newLine({ text, segmentId, startMs: now - 1_000, endMs: now, translations: {} })
  }

  /** Lets the time of a save pass, and waits until nothing is left that waits. */
  async stored(): Promise<void> {
    this.clock.advance(SAVE_INTERVAL_MS)
    await until(() => assert.equal(this.metrics.waiting().lines, 0))
  }

  /** Lets the time of a save pass, and waits until so many appends to the disk were tried and are done with. */
  async saved(appends: number): Promise<void> {
    this.clock.advance(SAVE_INTERVAL_MS)
    await until(() => assert.equal(this.disk.appended, appends))
  }

  /** The journal's files, with what is in them. */
  async files(): Promise<ReadonlyMap<string, string>> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.finals')).sort()
    return new Map(
      await Promise.all(names.map(async (name) => [name, await readFile(join(this.folder, name), 'utf8')] as const)),
    )
  }
}
