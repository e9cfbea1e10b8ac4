import { tableLocation } from '../shared/dynamodb/dynamodb-settings.ts'
import { createRoomsTable } from '../shared/room-store/create-rooms-table.ts'
import { createTranscriptsTable } from '../shared/transcript-store/create-transcripts-table.ts'
import type { Child } from './child.ts'
import { startDynamoDb } from './embedded-dynamodb.ts'
import { startRedis } from './embedded-redis.ts'
import { ANY_AWS_ACCOUNT, type AwsAccount, ROOMS_TABLE, TRANSCRIPTS_TABLE } from './product-environment.ts'

export type StoreOptions = {
  /** A Redis to use instead of an embedded one. */
  readonly redisUrl?: string | undefined
  /** A server with DynamoDB's API to use instead of the embedded one, with any account unless it checks them. */
  readonly dynamoDbEndpoint?: string | undefined
  readonly awsAccount?: AwsAccount | undefined
  /** Folder in which the embedded DynamoDB keeps its tables; in memory without it. */
  readonly dynamoDbFolder?: string | undefined
}

export type Stores = {
  readonly redisUrl: string
  readonly dynamoDbEndpoint: string
  readonly awsAccount: AwsAccount
  /** The processes among them. */
  readonly children: readonly Child[]
}

/** Starts the stores that are not given, and makes the tables. What it starts ends with `owner`. */
export async function startStores(options: StoreOptions, owner: AsyncDisposableStack): Promise<Stores> {
  const { awsAccount = ANY_AWS_ACCOUNT } = options
  const redis = options.redisUrl === undefined ? await startRedis() : { url: options.redisUrl }
  if ('stop' in redis) owner.defer(redis.stop)
  const dynamoDb = await givenOrEmbeddedDynamoDb(options)
  if ('stop' in dynamoDb) owner.defer(dynamoDb.stop)
  const settings = { ...awsAccount, DYNAMODB_ENDPOINT: dynamoDb.endpoint, TRANSCRIPTS_TABLE }
  await createRoomsTable(tableLocation(settings, ROOMS_TABLE))
  await createTranscriptsTable(tableLocation(settings, TRANSCRIPTS_TABLE))
  const children = 'process' in redis ? [redis.process] : []
  return { redisUrl: redis.url, dynamoDbEndpoint: dynamoDb.endpoint, awsAccount, children }
}

function givenOrEmbeddedDynamoDb({ dynamoDbEndpoint, dynamoDbFolder }: StoreOptions) {
  if (dynamoDbEndpoint !== undefined) return { endpoint: dynamoDbEndpoint }
  return startDynamoDb(dynamoDbFolder === undefined ? {} : { folder: dynamoDbFolder })
}
