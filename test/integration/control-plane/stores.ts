import { randomUUID } from 'node:crypto'
import { startDynamoDb } from '../../../dev/embedded-dynamodb.ts'
import { startRedis } from '../../../dev/embedded-redis.ts'
import { createRoomsTable } from '../../../shared/room-store/create-rooms-table.ts'
import { createTranscriptsTable } from '../../../shared/transcript-store/create-transcripts-table.ts'

/** A real Redis and DynamoDB's API with the tables, for one test file; and the settings that name them. */
export async function startStores() {
  const [redis, dynamo] = await Promise.all([startRedis(), startDynamoDb()])
  const table = `rooms-${randomUUID()}`
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
  const location = { endpoint: dynamo.endpoint, region: 'local', table, credentials }
  const transcripts = { ...location, table: `transcripts-${randomUUID()}` }
  await Promise.all([createRoomsTable(location), createTranscriptsTable(transcripts)])
  return {
    redis,
    dynamo,
    location,
    transcripts,
    env: {
      REDIS_URL: redis.url,
      DYNAMODB_ENDPOINT: dynamo.endpoint,
      AWS_REGION: 'local',
      ROOMS_TABLE: table,
      TRANSCRIPTS_TABLE: transcripts.table,
    },
    async stop() {
      await Promise.all([redis.stop(), dynamo.stop()])
    },
  }
}
