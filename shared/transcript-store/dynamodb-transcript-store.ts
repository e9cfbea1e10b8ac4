import { setTimeout as wait } from 'node:timers/promises'
import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import type { Clock } from '../clock.ts'
import { call, connectToDynamoDb, isRefusedForGood, type TableLocation } from '../dynamodb/dynamodb-connection.ts'
import { CallError } from '../protocol/error-code.ts'
import {
  keyOfLine,
  keyOfRemoval,
  keyOfRoom,
  keyOfTime,
  readRemovalItem,
  readTranscriptItem,
  removalItem,
  type TranscriptItem,
  transcriptItem,
} from './transcript-item.ts'
import { boundedLine } from './transcript-line.ts'
import {
  REMOVAL_TTL_MS,
  type Removal,
  type TranscriptLine,
  type TranscriptRooms,
  type TranscriptStore,
} from './transcript-store.ts'

/** DynamoDB takes no more writes in one request. */
const WRITES_PER_REQUEST = 25
const APPEND_DEADLINE_MS = 4_000
const READ_DEADLINE_MS = 3_000
/** With reading the room before it, less than a request may take. */
const REMOVE_DEADLINE_MS = 2_500
/** What DynamoDB did not get to is sent again after this long, then twice as long and so on, each shortened by chance. */
const FIRST_PAUSE_MS = 50
/** Most items that one request looks at, when many of those before had expired. */
const MAX_LOOKED_AT = 1_000

/** No room can be called this, so reading it costs nothing and shows that the table is there. */
const NO_ROOM = '/ping'

/** Sorts after every digit, with which the keys of lines begin. */
const AFTER_DIGITS = ':'

const NOTHING_REMOVED: Removal = { madeBefore: 0, saidBefore: 0 }

type To = { abortSignal: AbortSignal }
type Table = { readonly client: DynamoDBClient; readonly table: string }
/** Keys from `from` to `to`, of lines that began at `sinceMs` or later. */
type Reading = {
  readonly roomId: string
  readonly from: string
  readonly to: string
  readonly sinceMs: number
  readonly limit: number
}

/** The transcript store in DynamoDB, or a server with its API: one item per line, in the order of its key. */
export function dynamoDbTranscriptStore(options: TableLocation & { readonly clock: Clock }): TranscriptStore {
  const { clock, table } = options
  const client = connectToDynamoDb(options)
  const at: Table = { client, table }
  return {
    async append(room, lines, expiresAt) {
      const items = distinct(room, lines).map((line) => transcriptItem(room, line, Math.floor(expiresAt / 1_000)))
      await call((to) => putAll(at, items, to), APPEND_DEADLINE_MS).catch(toRefusal)
    },
    async read(room, { sinceMs, limit, after }) {
      const items = await call(async (to) => {
        const removal = await readRemoval(at, room.roomId, to)
        const reading = readingOf(room, removal, { sinceMs, after })
        return reading ? await query(at, { ...reading, limit }, clock, to) : []
      }, READ_DEADLINE_MS)
      const page = items.slice(0, limit)
      const lines = page.map(readTranscriptItem)
      return { lines, next: items.length > limit ? page.at(-1)?.['lineKey']?.S : undefined }
    },
    async remove(roomId, bounds) {
      await call(async (to) => {
        const before = await readRemoval(at, roomId, to)
        const removal = {
          madeBefore: Math.max(before.madeBefore, bounds.madeBefore),
          saidBefore: Math.max(before.saidBefore, bounds.saidBefore),
        }
        // First: from here on nobody reads what is being removed, nor what comes late.
        await putAll(at, [removalItem(roomId, removal, Math.floor((clock.now() + REMOVAL_TTL_MS) / 1_000))], to)
        await deleteAll(at, roomId, removal, to)
      }, REMOVE_DEADLINE_MS)
    },
    async ping() {
      const key = { roomId: { S: NO_ROOM }, lineKey: { S: NO_ROOM } }
      await call((to) => client.send(new GetItemCommand({ TableName: table, Key: key }), to))
    },
    close: () => client.destroy(),
  }
}

function toRefusal(error: unknown): never {
  if (!(error instanceof CallError) || !isRefusedForGood(error)) throw error
  throw new CallError('bad_request', 'The store refuses a line.', { cause: error.cause })
}

/** One request may not put an item twice: of several lines in one place the last one is it. */
function distinct(room: TranscriptRooms, lines: readonly TranscriptLine[]): readonly TranscriptLine[] {
  const bounded = lines.map(boundedLine)
  return [...new Map(bounded.map((line) => [keyOfLine(room, line), line])).values()]
}

/** Where the lines are that may be read; undefined when there can be none. */
function readingOf(
  { roomId, createdAt }: TranscriptRooms,
  { madeBefore, saidBefore }: Removal,
  { sinceMs, after }: { readonly sinceMs: number; readonly after?: string | undefined },
): Omit<Reading, 'limit'> | undefined {
  const since = Math.max(sinceMs, saidBefore)
  if (createdAt !== undefined && createdAt < madeBefore) return undefined
  const room = createdAt === undefined ? '' : keyOfRoom(createdAt)
  const first = createdAt === undefined ? keyOfTime(madeBefore) : `${room}${keyOfTime(since)}`
  // The least key that sorts after another one has a NUL more.
  const from = after === undefined || after < first ? first : `${after}\0`
  const to = `${room}${AFTER_DIGITS}`
  return from > to ? undefined : { roomId, from, to, sinceMs: since }
}

/** By a query, which is all that those who only read are allowed. */
async function readRemoval({ client, table }: Table, roomId: string, to: To): Promise<Removal> {
  const { roomId: room, lineKey: key } = keyOfRemoval(roomId)
  const found = await client.send(
    new QueryCommand({
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'roomId = :room AND lineKey = :key',
      ExpressionAttributeValues: { ':room': room, ':key': key },
    }),
    to,
  )
  const [item] = found.Items ?? []
  return item ? readRemovalItem(item) : NOTHING_REMOVED
}

function putAll(at: Table, items: readonly TranscriptItem[], to: To): Promise<void> {
  const puts = items.map((Item) => ({ PutRequest: { Item } }))
  return writeAll(at, puts, to)
}

async function writeAll({ client, table }: Table, requests: readonly WriteRequest[], to: To): Promise<void> {
  for (let first = 0; first < requests.length; first += WRITES_PER_REQUEST) {
    let writes = requests.slice(first, first + WRITES_PER_REQUEST)
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: writes } }),
        to,
      )
      writes = UnprocessedItems?.[table] ?? []
      if (writes.length === 0) break
      await wait(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: to.abortSignal })
    }
  }
}

async function deleteAll(at: Table, roomId: string, { madeBefore, saidBefore }: Removal, to: To): Promise<void> {
  const { client, table } = at
  const madeBeforeKey = keyOfTime(madeBefore)
  let start: TranscriptItem | undefined
  do {
    const found = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'roomId = :room AND lineKey > :first',
        ExpressionAttributeValues: { ':room': { S: roomId }, ':first': { S: keyOfTime(0) } },
        ProjectionExpression: 'roomId, lineKey, startMs',
        Limit: MAX_LOOKED_AT,
        ...(start && { ExclusiveStartKey: start }),
      }),
      to,
    )
    const deletes = (found.Items ?? [])
      .filter(({ lineKey, startMs }) => (lineKey?.S ?? '') < madeBeforeKey || Number(startMs?.N) < saidBefore)
      .map(({ roomId = { S: '' }, lineKey = { S: '' } }) => ({ DeleteRequest: { Key: { roomId, lineKey } } }))
    await writeAll(at, deletes, to)
    start = found.LastEvaluatedKey
  } while (start)
}

/** The items of the reading that have not expired, one more than the limit if there are as many. */
async function query(
  { client, table }: Table,
  { roomId, from, to: last, sinceMs, limit }: Reading,
  clock: Clock,
  to: To,
): Promise<readonly TranscriptItem[]> {
  const items: TranscriptItem[] = []
  let start: TranscriptItem | undefined
  let lookedAt = limit + 1
  do {
    const found = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'roomId = :room AND lineKey BETWEEN :from AND :to',
        FilterExpression: 'expiresAt > :now AND startMs >= :since',
        ExpressionAttributeValues: {
          ':room': { S: roomId },
          ':from': { S: from },
          ':to': { S: last },
          ':since': { N: `${sinceMs}` },
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
