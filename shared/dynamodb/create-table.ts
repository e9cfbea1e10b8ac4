import { setTimeout as wait } from 'node:timers/promises'
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb'
import { CallError } from '../protocol/error-code.ts'
import type { TableKey } from '../tables.ts'
import { call, connectToDynamoDb, type TableLocation } from './dynamodb-connection.ts'

const ACTIVE_DEADLINE_MS = 30_000
const POLL_INTERVAL_MS = 50

/**
 * Makes a table if it is missing and resolves when it can be used. For the embedded start and for tests: on AWS the CDK
 * makes it, with the time to live on `expiresAt` that this leaves out.
 *
 * @throws CallError `unavailable` when it is not there in time
 */
export async function createTable(location: TableLocation, key: TableKey): Promise<void> {
  const client = connectToDynamoDb(location)
  const deadline = AbortSignal.timeout(ACTIVE_DEADLINE_MS)
  try {
    while ((await statusOf(client, location.table, key)) !== 'ACTIVE') {
      if (deadline.aborted) throw new CallError('unavailable', 'The table does not become active.')
      await wait(POLL_INTERVAL_MS)
    }
  } finally {
    client.destroy()
  }
}

async function statusOf(client: DynamoDBClient, table: string, key: TableKey): Promise<string | undefined> {
  const described = await call((to) =>
    client.send(new DescribeTableCommand({ TableName: table }), to).catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return undefined
      throw error
    }),
  )
  if (described) return described.Table?.TableStatus
  await call((to) => client.send(creation(table, key), to).catch(unlessMadeByAnother))
  return undefined
}

function creation(table: string, { partition, sort }: TableKey): CreateTableCommand {
  const names = sort === undefined ? [partition] : [partition, sort]
  return new CreateTableCommand({
    TableName: table,
    AttributeDefinitions: names.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    KeySchema: names.map((name) => ({ AttributeName: name, KeyType: name === partition ? 'HASH' : 'RANGE' })),
    BillingMode: 'PAY_PER_REQUEST',
  })
}

function unlessMadeByAnother(error: unknown): void {
  if (!(error instanceof ResourceInUseException)) throw error
}
