import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from '../../../dev/child.ts'
import { freePort } from '../../../dev/free-port.ts'
import { ANY_AWS_ACCOUNT } from '../../../dev/product-environment.ts'
import type { TableLocation } from '../../../shared/dynamodb/dynamodb-connection.ts'
import { createRoomsTable } from '../../../shared/room-store/create-rooms-table.ts'
import { waitUntilListening } from '../../chaos/fleet/wait-until-listening.ts'

const PROCESS = join(import.meta.dirname, '../../chaos/fleet/dynamodb-process.ts')

/** DynamoDB's API as a process of its own, on disk (what it keeps in memory makes it stall), with a table for rooms. */
export async function startRoomsTable(owner: AsyncDisposableStack): Promise<Required<TableLocation>> {
  const folder = await mkdtemp(join(tmpdir(), 'jbcalling-bench-'))
  owner.defer(() => rm(folder, { recursive: true, force: true }))
  const port = await freePort()
  const command = [process.execPath, PROCESS, '127.0.0.1', `${port}`, folder] as const
  const child = await startChild({ name: 'dynalite', command })
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
  await waitUntilListening(child, () => fetch(location.endpoint))
  await createRoomsTable(location)
  return location
}
