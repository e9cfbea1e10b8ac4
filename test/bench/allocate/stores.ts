import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { startChild } from '../../../dev/child.ts'
import { freePort } from '../../../dev/free-port.ts'
import { ANY_AWS_ACCOUNT } from '../../../dev/product-environment.ts'
import type { TableLocation } from '../../../shared/dynamodb/dynamodb-connection.ts'
import { createRoomsTable } from '../../../shared/room-store/create-rooms-table.ts'
import { waitUntilListening } from '../../chaos/fleet/wait-until-listening.ts'

const PROCESS = join(import.meta.dirname, '../../chaos/fleet/dynamodb-process.ts')

/** DynamoDB's API as a process of its own, in memory, with a table for rooms. */
export async function startRoomsTable(owner: AsyncDisposableStack): Promise<Required<TableLocation>> {
  const port = await freePort()
  const child = await startChild({ name: 'dynalite', command: [process.execPath, PROCESS, '127.0.0.1', `${port}`] })
  owner.defer(() => child.stop())
  const location = {
    endpoint: `http://127.0.0.1:${port}`,
    region: ANY_AWS_ACCOUNT.AWS_REGION,
    credentials: {
      accessKeyId: ANY_AWS_ACCOUNT.AWS_ACCESS_KEY_ID,
      secretAccessKey: ANY_AWS_ACCOUNT.AWS_SECRET_ACCESS_KEY,
    },
    table: `rooms-${randomUUID()}`,
  }
  await waitUntilListening(child, location.endpoint)
  await createRoomsTable(location)
  return location
}
