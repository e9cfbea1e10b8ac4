import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { json } from 'node:stream/consumers'
import { after, before, describe, type TestContext, test } from 'node:test'
import { z } from 'zod'
import { startDynamoDb } from '../../../dev/embedded-dynamodb.ts'
import { systemClock } from '../../../shared/clock.ts'
import type { TableLocation } from '../../../shared/dynamodb/dynamodb-connection.ts'
import { createTranscriptsTable } from '../../../shared/transcript-store/create-transcripts-table.ts'
import { dynamoDbTranscriptStore } from '../../../shared/transcript-store/dynamodb-transcript-store.ts'
import type { TranscriptStore } from '../../../shared/transcript-store/transcript-store.ts'
import { listenOverHttp } from '../../listen-over-http.ts'
import { SettableClock } from '../../unit/shared/settable-clock.ts'
import { deleteTable, namedTable } from './named-dynamodb.ts'
import { newLine, type TranscriptStoreUnderTest, transcriptStoreContract } from './transcript-store-contract.ts'

const newTable = () => `transcripts-${randomUUID()}`

const at = (endpoint: string) => ({
  endpoint,
  region: 'local',
  table: newTable(),
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
})

function openStore(t: TestContext, location: TableLocation): TranscriptStore {
  const store = dynamoDbTranscriptStore({ ...location, clock: systemClock })
  t.after(() => store.close())
  return store
}

async function underTest(location: TableLocation, stopServer: () => Promise<void>): Promise<TranscriptStoreUnderTest> {
  await createTranscriptsTable(location)
  const clock = new SettableClock()
  const store = dynamoDbTranscriptStore({ ...location, clock })
  return {
    store,
    clock,
    async stop() {
      store.close()
      await stopServer()
    },
  }
}

transcriptStoreContract('an embedded DynamoDB', async () => {
  const { endpoint, stop } = await startDynamoDb()
  return underTest(at(endpoint), stop)
})

const { DYNAMODB_ENDPOINT } = process.env
if (DYNAMODB_ENDPOINT) {
  transcriptStoreContract('the server of DYNAMODB_ENDPOINT', () => {
    const location = namedTable(newTable())
    return underTest(location, () => deleteTable(location))
  })
}

const batchWrite = z.object({ RequestItems: z.record(z.string(), z.array(z.unknown())) })

async function passOn(target: string, received: IncomingHttpHeaders, body: string): Promise<object> {
  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = received
  const answer = await fetch(target, { method: 'POST', headers: Object.entries(headers).map(asHeader), body })
  return z.looseObject({}).parse(await answer.json())
}

const asHeader = ([name, value]: [string, unknown]): [string, string] => [name, String(value)]

/** Passes requests on, but at most `most` puts of each, and says that it did not get to the others. */
async function startBusyProxy(t: TestContext, target: string, most: number) {
  const puts: number[] = []
  const port = await listenOverHttp(t, async (request, answer) => {
    const { RequestItems = {} } = batchWrite.partial().parse(await json(request))
    const left = Object.fromEntries(
      Object.entries(RequestItems).map(([table, items]) => [table, items.splice(Math.min(most, items.length))]),
    )
    puts.push(...Object.values(RequestItems).map(({ length }) => length))
    const isEmpty = Object.values(RequestItems).every(({ length }) => length === 0)
    const carriedOut = isEmpty ? {} : await passOn(target, request.headers, JSON.stringify({ RequestItems }))
    const unprocessed = Object.fromEntries(Object.entries(left).filter(([, items]) => items.length > 0))
    answer.setHeader('content-type', 'application/x-amz-json-1.0')
    answer.end(JSON.stringify({ ...carriedOut, UnprocessedItems: unprocessed }))
  })
  return { endpoint: `http://127.0.0.1:${port}`, puts }
}

describe('the transcript store on a DynamoDB that misbehaves', () => {
  let dynamo: Awaited<ReturnType<typeof startDynamoDb>>
  before(async () => {
    dynamo = await startDynamoDb()
  })
  after(() => dynamo.stop())

  test('[J9] what the server did not get to is sent again until it is stored', async (t) => {
    const location = at(dynamo.endpoint)
    await createTranscriptsTable(location)
    const proxy = await startBusyProxy(t, dynamo.endpoint, 20)
    const lines = Array.from({ length: 60 }, (_, index) => newLine({ startMs: index }))
    await openStore(t, { ...location, endpoint: proxy.endpoint }).append(
      { roomId: 'room', createdAt: 1 },
      lines,
      Date.now() + 60_000,
    )
    assert.deepEqual(proxy.puts, [20, 5, 20, 5, 10])
    const { lines: stored } = await openStore(t, location).read(
      { roomId: 'room', createdAt: 1 },
      { sinceMs: 0, limit: 100 },
    )
    assert.deepEqual(stored, lines)
  })

  test('[J9] a server that gets to nothing is unavailable', { timeout: 20_000 }, async (t) => {
    const proxy = await startBusyProxy(t, dynamo.endpoint, 0)
    const store = openStore(t, at(proxy.endpoint))
    await assert.rejects(store.append({ roomId: 'room', createdAt: 1 }, [newLine()], Date.now() + 60_000), {
      code: 'unavailable',
    })
    assert.ok(proxy.puts.length > 2)
  })

  test('[J10] a missing table and a server that is not there are unavailable', async (t) => {
    const missing = openStore(t, at(dynamo.endpoint))
    const nowhere = openStore(t, at('http://127.0.0.1:1'))
    for (const store of [missing, nowhere]) {
      await assert.rejects(store.ping(), { code: 'unavailable' })
      await assert.rejects(store.read({ roomId: 'room', createdAt: 1 }, { sinceMs: 0, limit: 1 }), {
        code: 'unavailable',
      })
      await assert.rejects(store.append({ roomId: 'room', createdAt: 1 }, [newLine()], Date.now() + 60_000), {
        code: 'unavailable',
      })
    }
  })
})
