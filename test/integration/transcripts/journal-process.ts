import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { decodeRecord } from '../../../media-node/transcripts/journal-record.ts'
import { type SpoolDisk, type SpoolFile, spoolDisk } from '../../../media-node/transcripts/spool-disk.ts'
import { TranscriptJournal } from '../../../media-node/transcripts/transcript-journal.ts'
import type { Waiting } from '../../../media-node/transcripts/transcript-metrics.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createLogger } from '../../../shared/logging.ts'
import { dynamoDbTranscriptStore } from '../../../shared/transcript-store/dynamodb-transcript-store.ts'
import { newLine } from '../shared/transcript-store-contract.ts'

/**
 * A process that keeps numbered finals, a few each ten milliseconds, from `first` on until it is killed. It prints
 * `saved <number>` for each that the disk has taken. With `drain` it keeps none and ends once nothing waits.
 */
const { folder, endpoint, table, first, drain } = z
  .object({ folder: z.string(), endpoint: z.string(), table: z.string(), first: z.int(), drain: z.boolean() })
  .parse(JSON.parse(process.argv[2] ?? ''))

const say = (text: string) => process.stdout.write(`${text}\n`)

function announcing(file: SpoolFile): SpoolFile {
  return {
    ...file,
    async append(bytes) {
      await file.append(bytes)
      for (const text of Buffer.from(bytes).toString().split('\n').slice(0, -1)) {
        say(`saved ${decodeRecord(text)?.line.segmentId}`)
      }
    },
  }
}

const real = spoolDisk(folder)
const disk: SpoolDisk = { ...real, create: async (name) => announcing(await real.create(name)) }
let waiting: () => Waiting = () => ({ lines: 0, oldestSeconds: 0 })
const nothing = () => undefined
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
const journal = await TranscriptJournal.open({
  disk,
  store: dynamoDbTranscriptStore({ endpoint, table, region: 'local', credentials, clock: systemClock }),
  maxBytes: 64_000_000,
  retentionDays: 30,
  clock: systemClock,
  logger: createLogger({ name: 'test', level: 'silent' }),
  metrics: {
    kept: nothing,
    stored: nothing,
    dropped: (reason) => say(`dropped ${reason}`),
    storeFailed: nothing,
    journalFailed: () => say('dropped by the disk'),
    watch: (read) => {
      waiting = read
    },
  },
})
say('started')
if (drain) {
  while (waiting().lines > 0) await wait(10)
  await journal.close()
  process.exit(0)
}
for (let number = first; ; ) {
  for (let burst = 0; burst < 3; burst += 1, number += 1) {
    const now = Date.now()
    const room = { roomId: `room-${number % 2}`, createdAt: 1 }
    journal.keep(room, newLine({ segmentId: `${number}`.padStart(8, '0'), startMs: now, endMs: now }))
  }
  await wait(10)
}
