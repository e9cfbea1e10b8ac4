import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startDynamoDb } from '../../../dev/embedded-dynamodb.ts'
import { encodeRecord } from '../../../media-node/transcripts/journal-record.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createTranscriptsTable } from '../../../shared/transcript-store/create-transcripts-table.ts'
import { dynamoDbTranscriptStore } from '../../../shared/transcript-store/dynamodb-transcript-store.ts'
import { newLine } from '../shared/transcript-store-contract.ts'
import { MediaNodeProcess } from './media-node-process.ts'
import { until } from './until.ts'

test('[J39] a media node stores what one before it left, and shares its folder with no other', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'jbcalling-spool-'))
  t.after(() => rm(folder, { recursive: true }))
  const dynamo = await startDynamoDb()
  t.after(() => dynamo.stop())
  const env = {
    DYNAMODB_ENDPOINT: dynamo.endpoint,
    TRANSCRIPTS_TABLE: 'said',
    TRANSCRIPT_RETENTION_DAYS: '1',
    TRANSCRIPT_SPOOL_DIR: folder,
  }
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
  const location = { endpoint: dynamo.endpoint, region: 'local', table: 'said', credentials }
  await createTranscriptsTable(location)
  const store = dynamoDbTranscriptStore({ ...location, clock: systemClock })
  t.after(() => store.close())
  const line = newLine({ startMs: Date.now(), endMs: Date.now() })
  await writeFile(join(folder, '000000000007.finals'), encodeRecord({ roomId: 'tea', createdAt: 5, keptAt: 0, line }))

  const node = new MediaNodeProcess(env)
  t.after(() => node.child.kill('SIGKILL'))
  await node.port()
  await until(async () =>
    assert.deepEqual((await store.read({ roomId: 'tea', createdAt: 5 }, { sinceMs: 0, limit: 2 })).lines, [line]),
  )
  const other = new MediaNodeProcess(env)
  t.after(() => other.child.kill('SIGKILL'))
  assert.equal(await other.exit(), 1)
  assert.match(other.stderr, /TRANSCRIPT_SPOOL_DIR: another process/)
  node.child.kill('SIGTERM')
  assert.equal(await node.exit(), 0)
  assert.deepEqual(await readdir(folder), [])
})
