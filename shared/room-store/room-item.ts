import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { z } from 'zod'
import { type Room, room } from '../api.ts'
import { CallError } from '../protocol/error-code.ts'

export type RoomItem = Record<string, AttributeValue>

/** A room as it is stored, with what the store itself needs to know. */
export type StoredRoom = {
  readonly room: Room
  /** Unix time in seconds, as DynamoDB's time to live wants it. */
  readonly expiresAt: number
  /** Names the write that made this allocation, so that whoever wrote it knows it again. */
  readonly writeId: string
  /** Only the epoch of this room counts any more. */
  readonly removed: boolean
}

const text = z.object({ S: z.string() }).transform(({ S }) => S)
const number = z.object({ N: z.string() }).transform(({ N }) => Number(N))

const storedRoom = z.object({
  roomId: text,
  nodeId: text,
  epoch: number,
  region: text.exactOptional(),
  maxParticipants: number,
  emptyTimeoutSeconds: number,
  metadata: z.object({ M: z.record(z.string(), text) }).transform(({ M }) => M),
  createdAt: number,
  expiresAt: number,
  writeId: text,
  removed: z.object({ BOOL: z.boolean() }).exactOptional(),
})

/** The attributes of a new room, but for its key, which is its id, and its epoch. */
export function roomAttributes(
  room: Omit<Room, 'epoch'>,
  { expiresAt, writeId }: Pick<StoredRoom, 'expiresAt' | 'writeId'>,
): RoomItem {
  return {
    nodeId: { S: room.nodeId },
    ...(room.region !== undefined && { region: { S: room.region } }),
    maxParticipants: { N: `${room.maxParticipants}` },
    emptyTimeoutSeconds: { N: `${room.emptyTimeoutSeconds}` },
    metadata: { M: Object.fromEntries(Object.entries(room.metadata).map(([key, value]) => [key, { S: value }])) },
    createdAt: { N: `${room.createdAt}` },
    expiresAt: { N: `${expiresAt}` },
    writeId: { S: writeId },
  }
}

/** @throws CallError `internal` when the item is not one of ours */
export function readRoomItem(item: RoomItem): StoredRoom {
  const parsed = storedRoom.safeParse(item)
  if (!parsed.success) throw new CallError('internal', 'A stored room cannot be read.', { cause: parsed.error })
  const { expiresAt, writeId, removed, ...rest } = parsed.data
  return { room: room.parse(rest), expiresAt, writeId, removed: removed?.BOOL === true }
}
