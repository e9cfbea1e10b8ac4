import { join } from 'node:path'
import { ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { createClient } from 'redis'
import { type Child, startChild } from '../../../dev/child.ts'
import { connectToDynamoDb } from '../../../shared/dynamodb/dynamodb-connection.ts'
import type { startStores } from '../../integration/control-plane/stores.ts'

const MAIN = join(import.meta.dirname, '../../../control-plane/main.ts')

/** Less than a leak of a few kilobytes a request would need: such a process dies. */
const MOST_HEAP_MB = 128

export const KEY = 'campaign-key-0123456789'

type Stores = Awaited<ReturnType<typeof startStores>>

/** Figures of the process, as it gives them itself. */
export type ProcessFigures = { readonly lagP99Ms: number; readonly residentMb: number }

/** A control plane of the campaign's own, and what it wrote to its log. */
export type AttackedControlPlane = {
  readonly url: string
  readonly child: Child
  /** Lines that `suspicious` said yes to; the others are not kept. */
  readonly suspects: readonly string[]
  figures(): Promise<ProcessFigures>
}

/** @param env besides the stores' own, such as `AUTH_MODE` */
export async function startAttacked(
  stores: Stores,
  env: Readonly<Record<string, string>>,
  suspicious: (line: string) => boolean,
): Promise<AttackedControlPlane> {
  const { promise: listening, resolve, reject } = Promise.withResolvers<string>()
  const suspects: string[] = []
  const child = await startChild({
    name: 'control-plane',
    command: [process.execPath, `--max-old-space-size=${MOST_HEAP_MB}`, MAIN],
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'debug', API_KEYS: KEY, ...stores.env, ...env },
    onLine(line) {
      if (suspicious(line)) suspects.push(line)
      if (line.includes('"listening"')) resolve(JSON.parse(line).url)
    },
  })
  child.exited.then(({ code }) => reject(new Error(`ended with ${code}: ${child.lastLines().join('\n')}`)))
  const url = await listening
  return { url, child, suspects, figures: () => readFigures(url) }
}

async function readFigures(url: string): Promise<ProcessFigures> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${KEY}` } })
  const text = await answer.text()
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  return {
    lagP99Ms: value('nodejs_eventloop_lag_p99_seconds') * 1_000,
    residentMb: value('process_resident_memory_bytes') / 1_000_000,
  }
}

/** How many keys Redis has, and how many items all tables together. */
export async function countStored({ redis, location }: Stores): Promise<{ redisKeys: number; items: number }> {
  const client = createClient({ url: redis.url })
  await client.connect()
  const redisKeys = await client.dbSize()
  client.destroy()
  const dynamo = connectToDynamoDb(location)
  const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}))
  let items = 0
  for (const TableName of TableNames) {
    let ExclusiveStartKey: Awaited<ReturnType<typeof scan>>['LastEvaluatedKey']
    do {
      const found = await scan(TableName, ExclusiveStartKey)
      items += found.Count ?? 0
      ExclusiveStartKey = found.LastEvaluatedKey
    } while (ExclusiveStartKey)
  }
  dynamo.destroy()
  return { redisKeys, items }

  function scan(TableName: string, start: ScanCommand['input']['ExclusiveStartKey']) {
    return dynamo.send(new ScanCommand({ TableName, Select: 'COUNT', ...(start && { ExclusiveStartKey: start }) }))
  }
}
