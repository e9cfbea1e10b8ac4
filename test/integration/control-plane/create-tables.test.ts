import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import { startDynamoDb } from '../../../dev/embedded-dynamodb.ts'
import { connectToDynamoDb } from '../../../shared/dynamodb/dynamodb-connection.ts'

const MAIN = join(import.meta.dirname, '../../../control-plane/create-tables.ts')
const DEADLINE_MS = 30_000
const PORT_OF_NOBODY = 'http://127.0.0.1:1'

/** A machine that is none of AWS's, and has nobody's credentials. */
const NO_CREDENTIALS = {
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_CONFIG_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
}
const ANY = { accessKeyId: 'any', secretAccessKey: 'any' }

/** Runs the process and answers what it printed. Rejects with its exit code and what it said when it fails. */
function createTables(env: Readonly<Record<string, string>>) {
  return promisify(execFile)(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], ...NO_CREDENTIALS, ...env },
    timeout: DEADLINE_MS,
  })
}

test('[P9] the tables that are missing are made, as often as it is asked', async (t) => {
  const { endpoint, stop } = await startDynamoDb()
  t.after(stop)
  const names = ['some-rooms', 'some-transcripts'] as const
  const env = { DYNAMODB_ENDPOINT: endpoint, ROOMS_TABLE: names[0], TRANSCRIPTS_TABLE: names[1] }
  for (const time of ['first', 'second']) {
    assert.equal((await createTables(env)).stdout, 'The tables are there.\n', time)
  }
  const client = connectToDynamoDb({ endpoint, region: 'any', table: '', credentials: ANY })
  t.after(() => client.destroy())
  for (const name of names) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }))
    assert.equal(Table?.TableStatus, 'ACTIVE', name)
  }
})

const failures = {
  'no server': { env: { DYNAMODB_ENDPOINT: PORT_OF_NOBODY }, says: /ECONNREFUSED.*\n.*DYNAMODB_ENDPOINT/ },
  'no credentials': { env: {}, says: /Could not load credentials.*\n.*AWS credentials.*AWS_REGION/ },
  'a setting that is wrong': { env: { DYNAMODB_ENDPOINT: 'nowhere' }, says: /DYNAMODB_ENDPOINT: Invalid URL/ },
}

for (const [what, { env, says }] of Object.entries(failures)) {
  test(`[P9] tables that cannot be made end it with the reason and what to look at: ${what}`, async () => {
    await assert.rejects(createTables(env), ({ code, stderr }: { code: number; stderr: string }) => {
      assert.equal(code, 1)
      assert.match(stderr, says)
      return true
    })
  })
}
