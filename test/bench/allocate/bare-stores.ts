import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { type CommandParser, createClient, defineScript } from 'redis'
import { connectToDynamoDb, type TableLocation } from '../../../shared/dynamodb/dynamodb-connection.ts'
import { type RoomItem, roomAttributes } from '../../../shared/room-store/room-item.ts'
import { newRoom } from './bench-fleet.ts'

const NODE_ID = 'node-00000'
const EXPIRES_AT = 2 ** 32

/** As long as what a reservation answers. */
const REPORT = JSON.stringify({
  nodeId: NODE_ID,
  url: `wss://${NODE_ID}.example/`,
  region: 'eu',
  version: '0.1.0',
  load: 0.5,
  rooms: 10,
  participants: 40,
  draining: false,
})

/** Takes and answers what a reservation does, and does nothing. */
const NOTHING = defineScript({
  NUMBER_OF_KEYS: 4,
  SCRIPT: `return { 'in_region', '${NODE_ID}', 1, '${REPORT}', 1 }`,
  parseCommand(parser: CommandParser, keys: readonly string[], ...args: readonly string[]) {
    parser.pushKeys([...keys])
    parser.push(...args)
  },
  transformReply: (reply: unknown): unknown => reply,
})

const KEYS = ['{bare}:1', '{bare}:2', '{bare}:3', '{bare}:4']

/** The round trips that an allocation makes to the stores, with none of its code around them. */
export type BareStores = {
  roundTrip(roomId: string): Promise<void>
  create(roomId: string): Promise<void>
  read(roomId: string): Promise<void>
  move(roomId: string): Promise<void>
}

export async function bareStores(
  redisUrl: string,
  location: TableLocation,
  owner: AsyncDisposableStack,
): Promise<BareStores> {
  const redis = createClient({ url: redisUrl, scripts: { nothing: NOTHING }, maintNotifications: 'disabled' })
  redis.on('error', () => undefined)
  await redis.connect()
  owner.defer(() => redis.destroy())
  const dynamoDb = connectToDynamoDb(location)
  owner.defer(() => dynamoDb.destroy())
  const at = (roomId: string) => ({ TableName: location.table, Key: { roomId: { S: roomId } } })
  return {
    async roundTrip(roomId) {
      await redis.nothing(KEYS, roomId, '0.8', 'eu')
    },
    async create(roomId) {
      await dynamoDb.send(new UpdateItemCommand({ ...at(roomId), ...creation(roomId) }))
    },
    async read(roomId) {
      await dynamoDb.send(new GetItemCommand({ ...at(roomId), ConsistentRead: true }))
    },
    async move(roomId) {
      await dynamoDb.send(new UpdateItemCommand({ ...at(roomId), ...MOVE }))
    },
  }
}

/** The conditional write with which the room store makes a room. */
function creation(roomId: string) {
  const room = { ...newRoom(roomId, 'eu'), nodeId: NODE_ID }
  const given: [string, RoomItem[string]][] = Object.entries(
    roomAttributes(room, { expiresAt: EXPIRES_AT, writeId: roomId }),
  )
  const sets = given.map(([name]) => `#${name} = :${name}`).join(', ')
  return {
    UpdateExpression: `SET ${sets}, epoch = if_not_exists(epoch, :zero) + :one REMOVE #removed`,
    ConditionExpression: 'attribute_not_exists(roomId) OR expiresAt <= :now OR attribute_exists(removed)',
    ExpressionAttributeNames: Object.fromEntries([
      ...given.map(([name]) => [`#${name}`, name]),
      ['#removed', 'removed'],
    ]),
    ExpressionAttributeValues: {
      ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
      ':zero': { N: '0' },
      ':one': { N: '1' },
      ':now': { N: '1' },
    },
    ReturnValues: 'ALL_NEW' as const,
  }
}

/** The conditional write with which it gives a room of epoch 1 another media node. */
const MOVE = {
  UpdateExpression: 'SET nodeId = :node, epoch = :next, expiresAt = :expiry, writeId = :write',
  ConditionExpression:
    'epoch = :epoch AND attribute_exists(roomId) AND expiresAt > :now AND attribute_not_exists(removed)',
  ExpressionAttributeValues: {
    ':node': { S: NODE_ID },
    ':epoch': { N: '1' },
    ':next': { N: '2' },
    ':expiry': { N: `${EXPIRES_AT}` },
    ':write': { S: 'bare' },
    ':now': { N: '1' },
  },
  ReturnValues: 'ALL_NEW' as const,
}
