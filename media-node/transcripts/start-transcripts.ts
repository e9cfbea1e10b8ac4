import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Clock } from '../../shared/clock.ts'
import { tableLocation } from '../../shared/dynamodb/dynamodb-settings.ts'
import type { Logger } from '../../shared/logging.ts'
import { SettingsError } from '../../shared/settings.ts'
import { dynamoDbTranscriptStore } from '../../shared/transcript-store/dynamodb-transcript-store.ts'
import type { TranscriptLine, TranscriptRooms } from '../../shared/transcript-store/transcript-store.ts'
import { type Claim, claimFolder } from './claim-folder.ts'
import { spoolDisk } from './spool-disk.ts'
import { TranscriptJournal } from './transcript-journal.ts'
import type { TranscriptMetrics } from './transcript-metrics.ts'
import type { TranscriptSettings } from './transcript-settings.ts'

const DEFAULT_FOLDER = '.data/spool'
const BYTES_PER_MB = 1_000_000

/** Where the finals of rooms go to be kept. */
export type Transcripts = {
  /** Takes a final line, or the same one again, which replaces it. Never throws, and never waits. */
  keep(room: TranscriptRooms, line: TranscriptLine): void
  /**
   * Stores what there is, until a deadline, or sooner where the stop has only `leftMs` milliseconds left; the rest waits on the
   * disk for the next start.
   */
  close(leftMs?: number): Promise<void>
}

type TranscriptsOptions = {
  readonly settings: TranscriptSettings
  readonly nodeId: string
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: TranscriptMetrics
}

/**
 * Starts keeping finals as the settings say, or takes them and keeps none when their days are 0.
 *
 * @throws SettingsError when another process keeps its finals in the same folder
 */
export async function startTranscripts(options: TranscriptsOptions): Promise<Transcripts> {
  const { settings, nodeId, clock } = options
  const retentionDays = settings.TRANSCRIPT_RETENTION_DAYS
  if (retentionDays === 0) return { keep: () => undefined, close: async () => undefined }
  const folder = resolve(settings.TRANSCRIPT_SPOOL_DIR ?? join(DEFAULT_FOLDER, nodeId))
  const claim = await claimed(folder)
  const store = dynamoDbTranscriptStore({ ...tableLocation(settings, settings.TRANSCRIPTS_TABLE), clock })
  const maxBytes = settings.TRANSCRIPT_SPOOL_MB * BYTES_PER_MB
  const journal = await TranscriptJournal.open({ ...options, disk: spoolDisk(folder), store, maxBytes, retentionDays })
  return {
    keep: (room, line) => journal.keep(room, line),
    async close(leftMs) {
      await journal.close(leftMs)
      store.close()
      claim?.release()
    },
  }
}

/** A folder that cannot be made is nobody's; the journal tells the operator. */
async function claimed(folder: string): Promise<Claim | undefined> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 }).then(
    () => true,
    () => false,
  )
  if (!made) return undefined
  const claim = await claimFolder(folder)
  if (claim) return claim
  throw new SettingsError([
    'TRANSCRIPT_SPOOL_DIR: another process keeps its finals there; give each media node a folder of its own',
  ])
}
