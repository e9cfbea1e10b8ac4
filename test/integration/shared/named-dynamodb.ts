import { DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { z } from 'zod'
import { connectToDynamoDb, type TableLocation } from '../../../shared/dynamodb/dynamodb-connection.ts'
import { dynamoDbSettings, tableLocation } from '../../../shared/dynamodb/dynamodb-settings.ts'
import { readSettings } from '../../../shared/settings.ts'

/** A table at the server that `DYNAMODB_ENDPOINT` names, with the region and the account that the environment has for it. */
export function namedTable(table: string): TableLocation {
  return tableLocation(readSettings(z.object(dynamoDbSettings), process.env), table)
}

/** Leaves nothing behind on a server that is not ours. */
export async function deleteTable(location: TableLocation): Promise<void> {
  const client = connectToDynamoDb(location)
  await client.send(new DeleteTableCommand({ TableName: location.table }))
  client.destroy()
}
