import { randomUUID } from 'node:crypto'
import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../clock.ts'
import { call, conditionally, connectToDynamoDb, type TableLocation } from '../dynamodb/dynamodb-connection.ts'
import { CallError } from '../protocol/error-code.ts'
import { type RoomItem, readRoomItem, roomAttributes, type StoredRoom } from './room-item.ts'
import { type Allocation, REMOVED_ROOM_TTL_MS, ROOM_TTL_MS, type RoomStore } from './room-store.ts'

/** A room may be removed between losing to it and reading it; more often than this in a row is no accident. */
const CREATE_ATTEMPTS = 3

/** No room can be called this, so reading it costs nothing and shows that the table is there. */
const NO_ROOM = '/ping'

const EXISTS = 'attribute_exists(roomId) AND expiresAt > :now AND attribute_not_exists(removed)'
const IS_FREE = 'attribute_not_exists(roomId) OR expiresAt <= :now OR attribute_exists(removed)'

const seconds = (ms: number) => ({ N: `${Math.floor(ms / 1_000)}` })

/**
 * The room store in DynamoDB, or a server with its API. One item per room, and no write without a condition. A write that
 * was made, but whose answer was lost, is known again by its id, so a retry does not lose against itself.
 */
export function dynamoDbRoomStore(options: TableLocation & { readonly clock: Clock }): RoomStore {
  const { clock, table } = options
  const client = connectToDynamoDb(options)
  const at = (roomId: string) => ({ TableName: table, Key: { roomId: { S: roomId } } })
  const expiry = () => clock.now() + ROOM_TTL_MS
  const isPresent = ({ expiresAt, removed }: StoredRoom) => !removed && expiresAt > Math.floor(clock.now() / 1_000)

  const present = (item: RoomItem | undefined): StoredRoom | undefined => {
    const stored = item && readRoomItem(item)
    return stored && isPresent(stored) ? stored : undefined
  }
  const readStored = async (roomId: string) => present(await getItem(client, at(roomId)))

  return {
    async create(newRoom) {
      const writeId = randomUUID()
      const attributes = roomAttributes(newRoom, { expiresAt: Math.floor(expiry() / 1_000), writeId })
      const { values, ...expression } = creation(attributes)
      const update = new UpdateItemCommand({
        ...at(newRoom.roomId),
        ...expression,
        ConditionExpression: IS_FREE,
        ExpressionAttributeValues: { ...values, ':now': seconds(clock.now()) },
        ReturnValues: 'ALL_NEW',
      })
      for (let attempt = 0; attempt < CREATE_ATTEMPTS; attempt += 1) {
        const written = await conditionally((to) => client.send(update, to))
        const stored = written ? present(written.Attributes) : await readStored(newRoom.roomId)
        if (stored) return outcome(stored, writeId)
      }
      throw new CallError('unavailable', 'The room comes and goes too fast to be stored.')
    },
    async read(roomId) {
      return (await readStored(roomId))?.room
    },
    async allocate(roomId, epoch, nodeId) {
      const writeId = randomUUID()
      const update = new UpdateItemCommand({
        ...at(roomId),
        UpdateExpression: 'SET nodeId = :node, epoch = :next, expiresAt = :expiry, writeId = :write',
        ConditionExpression: `epoch = :epoch AND ${EXISTS}`,
        ExpressionAttributeValues: {
          ':node': { S: nodeId },
          ':epoch': { N: `${epoch}` },
          ':next': { N: `${epoch + 1}` },
          ':expiry': seconds(expiry()),
          ':write': { S: writeId },
          ':now': seconds(clock.now()),
        },
        ReturnValues: 'ALL_NEW',
      })
      const written = await conditionally((to) => client.send(update, to))
      const stored = written ? present(written.Attributes) : await readStored(roomId)
      if (!stored) throw new CallError('room_not_found', 'There is no such room.')
      return outcome(stored, writeId)
    },
    async touch(roomId) {
      const update = new UpdateItemCommand({
        ...at(roomId),
        UpdateExpression: 'SET expiresAt = :expiry',
        ConditionExpression: EXISTS,
        ExpressionAttributeValues: { ':expiry': seconds(expiry()), ':now': seconds(clock.now()) },
      })
      await conditionally((to) => client.send(update, to))
    },
    async remove(roomId) {
      const removal = new UpdateItemCommand({
        ...at(roomId),
        UpdateExpression: 'SET removed = :true, expiresAt = :expiry',
        ConditionExpression: EXISTS,
        ExpressionAttributeValues: {
          ':true': { BOOL: true },
          ':expiry': seconds(clock.now() + REMOVED_ROOM_TTL_MS),
          ':now': seconds(clock.now()),
        },
        ReturnValues: 'ALL_OLD',
      })
      const removed = await conditionally((to) => client.send(removal, to))
      return present(removed?.Attributes)?.room
    },
    async ping() {
      await getItem(client, at(NO_ROOM))
    },
    close: () => client.destroy(),
  }
}

/**
 * What sets these attributes, counts the epoch on and forgets what the room before of that name had besides. By
 * placeholders, since `region` is one of DynamoDB's reserved words.
 */
function creation(attributes: RoomItem) {
  const given = Object.entries(attributes)
  const forgotten = ['removed', ...('region' in attributes ? [] : ['region'])]
  const names = [...given.map(([name]) => name), ...forgotten].map((name) => [`#${name}`, name])
  const sets = given.map(([name]) => `#${name} = :${name}`)
  const removes = forgotten.map((name) => `#${name}`)
  return {
    UpdateExpression: `SET ${sets.join(', ')}, epoch = if_not_exists(epoch, :zero) + :one REMOVE ${removes.join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(names),
    values: {
      ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
      ':zero': { N: '0' },
      ':one': { N: '1' },
    },
  }
}

async function getItem(
  client: DynamoDBClient,
  at: { readonly TableName: string; readonly Key: RoomItem },
): Promise<RoomItem | undefined> {
  const found = await call((to) => client.send(new GetItemCommand({ ...at, ConsistentRead: true }), to))
  return found.Item
}

function outcome(stored: StoredRoom, writeId: string): Allocation {
  return { won: stored.writeId === writeId, room: stored.room }
}
