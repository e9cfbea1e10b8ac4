import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startDynamoDb } from '../../../dev/embedded-dynamodb.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createTranscriptsTable } from '../../../shared/transcript-store/create-transcripts-table.ts'
import { dynamoDbTranscriptStore } from '../../../shared/transcript-store/dynamodb-transcript-store.ts'
import { TestJournal } from '../../unit/transcripts/test-journal.ts'
import { until } from '../media-node/until.ts'

test('[J75] a line that is too large for a server with DynamoDB’s API holds up no other, of its room or of another', async (t) => {
  const dynamo = await startDynamoDb({ mostItemKb: 2 })
  t.after(() => dynamo.stop())
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
  const location = { endpoint: dynamo.endpoint, region: 'local', table: 'said', credentials }
  await createTranscriptsTable(location)
  const store = dynamoDbTranscriptStore({ ...location, clock: systemClock })
  t.after(() => store.close())
  const given = await TestJournal.create(t)
  given.clock.advance(Date.now())
  const journal = await given.open(store)
  journal.keep({ roomId: 'tea', createdAt: 1 }, { ...given.line('long'), text: 'and so on '.repeat(300) })
  journal.keep({ roomId: 'tea', createdAt: 1 }, given.line('short'))
  journal.keep({ roomId: 'milk', createdAt: 1 }, given.line('elsewhere'))
  await given.stored()
  const page = { sinceMs: 0, limit: 9 }
  await until(async () => {
    const rooms = ['tea', 'milk'].map((roomId) => store.read({ roomId, createdAt: 1 }, page))
    const texts = (await Promise.all(rooms)).map(({ lines }) => lines.map(({ text }) => text))
    assert.deepEqual(texts, [['short'], ['elsewhere']])
  })
  assert.equal(given.metrics.counts['refused'], 1)
  await journal.close()
})
