import { createTable } from '../dynamodb/create-table.ts'
import type { TableLocation } from '../dynamodb/dynamodb-connection.ts'
import { roomsTableKey } from '../tables.ts'

/** Makes the rooms' table if it is missing. @throws CallError `unavailable` when it is not there in time */
export function createRoomsTable(location: TableLocation): Promise<void> {
  return createTable(location, roomsTableKey)
}
