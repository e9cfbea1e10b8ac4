import { createTable } from '../dynamodb/create-table.ts'
import type { TableLocation } from '../dynamodb/dynamodb-connection.ts'
import { transcriptsTableKey } from '../tables.ts'

/** Makes the transcripts' table if it is missing. @throws CallError `unavailable` when it is not there in time */
export function createTranscriptsTable(location: TableLocation): Promise<void> {
  return createTable(location, transcriptsTableKey)
}
