import { setTimeout as wait } from 'node:timers/promises'
import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import type { Clock } from '../clock.ts'
import { call, connectToDynamoDb, type TableLocation } from '../dynamodb/dynamodb-connection.ts'
import { keyOfLine, keyOfTime, readTranscriptItem, type TranscriptItem, transcriptItem } from './transcript-item.ts'
import { boundedLine } from './transcript-line.ts'
import type { TranscriptLine, TranscriptStore } from './transcript-store.ts'

/** DynamoDB takes no more puts in one request. */
const PUTS_PER_REQUEST = 25
const APPEND_DEADLINE_MS = 4_000
const READ_DEADLINE_MS = 3_000
/** What DynamoDB did not get to is sent again after this long, then twice as long and so on, each shortened by chance. */
const FIRST_PAUSE_MS = 50
/** Most items that one request looks at, when many of those before had expired. */
const MAX_LOOKED_AT = 1_000

/** No room can be called this, so reading it costs nothing and shows that the table is there. */
const NO_ROOM = '/ping'

type Reading = { readonly roomId: string; readonly from: string; readonly limit: number }

/** The transcript store in DynamoDB, or a server with its API: one item per line, in the order of its key. */
export function dynamoDbTranscriptStore(options: TableLocation & { readonly clock: Clock }): TranscriptStore {
  const { clock, table } = options
  const client = connectToDynamoDb(options)
  return {
    async append(roomId, lines, expiresAt) {
      const items = distinct(lines).map((line) => transcriptItem(roomId, line, Math.floor(expiresAt / 1_000)))
      await call((to) => putAll(client, table, items, to), APPEND_DEADLINE_MS)
    },
    async read(roomId, { sinceMs, limit, after = '' }) {
      const since = keyOfTime(sinceMs)
      const reading = { roomId, from: after > since ? after : since, limit }
      const items = await call((to) => query(client, table, reading, clock, to), READ_DEADLINE_MS)
      const lines = items.slice(0, limit).map(readTranscriptItem)
      const last = lines.at(-1)
      return { lines, next: items.length > limit && last ? keyOfLine(last) : undefined }
    },
    async ping() {
      const key = { roomId: { S: NO_ROOM }, lineKey: { S: NO_ROOM } }
      await call((to) => client.send(new GetItemCommand({ TableName: table, Key: key }), to))
    },
    close: () => client.destroy(),
  }
}

/** One request may not put an item twice: of several lines in one place the last one is it. */
function distinct(lines: readonly TranscriptLine[]): readonly TranscriptLine[] {
  const bounded = lines.map(boundedLine)
  return [...new Map(bounded.map((line) => [keyOfLine(line), line])).values()]
}

async function putAll(
  client: DynamoDBClient,
  table: string,
  items: readonly TranscriptItem[],
  to: { abortSignal: AbortSignal },
): Promise<void> {
  for (let first = 0; first < items.length; first += PUTS_PER_REQUEST) {
    let puts: WriteRequest[] = items.slice(first, first + PUTS_PER_REQUEST).map((Item) => ({ PutRequest: { Item } }))
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }), to)
      puts = UnprocessedItems?.[table] ?? []
      if (puts.length === 0) break
      await wait(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: to.abortSignal })
    }
  }
}

/** The items after `from` that have not expired, one more than the limit if there are as many. */
async function query(
  client: DynamoDBClient,
  table: string,
  { roomId, from, limit }: Reading,
  clock: Clock,
  to: { abortSignal: AbortSignal },
): Promise<readonly TranscriptItem[]> {
  const items: TranscriptItem[] = []
  let start: TranscriptItem | undefined
  let lookedAt = limit + 1
  do {
    const found = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'roomId = :room AND lineKey > :from',
        FilterExpression: 'expiresAt > :now',
        ExpressionAttributeValues: {
          ':room': { S: roomId },
          ':from': { S: from },
          ':now': { N: `${Math.floor(clock.now() / 1_000)}` },
        },
        Limit: lookedAt,
        ...(start && { ExclusiveStartKey: start }),
      }),
      to,
    )
    items.push(...(found.Items ?? []))
    start = found.LastEvaluatedKey
    lookedAt = Math.min(MAX_LOOKED_AT, lookedAt * 2)
  } while (start && items.length <= limit)
  return items
}
