import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startDynamoDb } from '../../../dev/embedded-dynamodb.ts'
import { startRedis } from '../../../dev/embedded-redis.ts'
import { ANY_AWS_ACCOUNT, ROOMS_TABLE } from '../../../dev/product-environment.ts'
import { startStores } from '../../../dev/start-stores.ts'
import { systemClock } from '../../../shared/clock.ts'
import { dynamoDbRoomStore } from '../../../shared/room-store/dynamodb-room-store.ts'
import { newRoom } from '../shared/room-store-contract.ts'

test('[E7] two embedded Redis servers run side by side, and a stopped one is gone', async () => {
  const [first, second] = await Promise.all([startRedis(), startRedis()])
  assert.notEqual(first.port, second.port)
  await first.stop()
  assert.throws(() => process.kill(first.pid, 0), { code: 'ESRCH' })
  process.kill(second.pid, 0)
  await second.stop()
})

test('[E7] an embedded Redis whose port is taken says so, with what the server said', async () => {
  const first = await startRedis()
  await assert.rejects(startRedis({ port: first.port }), /did not start on port \d+:(.|\n)*in use/)
  await first.stop()
})

test('[E7] what the embedded DynamoDB was told is there at the next start', async () => {
  const dynamoDbFolder = join(mkdtempSync(join(tmpdir(), 'jbcalling-')), 'dynamodb')
  const room = newRoom()
  for (const write of [true, false]) {
    await using owner = new AsyncDisposableStack()
    const { dynamoDbEndpoint } = await startStores({ dynamoDbFolder, redisUrl: 'redis://not-used' }, owner)
    const store = dynamoDbRoomStore({
      endpoint: dynamoDbEndpoint,
      region: ANY_AWS_ACCOUNT.AWS_REGION,
      table: ROOMS_TABLE,
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      clock: systemClock,
    })
    owner.defer(() => store.close())
    if (write) await store.create(room)
    assert.equal((await store.read(room.roomId))?.roomId, room.roomId)
  }
})

test('[E7] an embedded DynamoDB without a folder starts empty', async () => {
  const { endpoint, stop } = await startDynamoDb()
  assert.equal((await fetch(endpoint)).status, 200)
  await stop()
  await assert.rejects(fetch(endpoint))
})

test('[E60] what the embedded DynamoDB keeps is for its own account only, also in a folder that was open before', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'jbcalling-')), 'dynamodb')
  mkdirSync(folder, { mode: 0o755 })
  writeFileSync(join(folder, 'LOCK'), '', { mode: 0o644 })
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
  for (const start of ['first', 'second']) {
    await using owner = new AsyncDisposableStack()
    await startStores({ dynamoDbFolder: folder, redisUrl: 'redis://not-used' }, owner)
    assert.equal(modeOf(folder), '700', start)
    assert.equal(modeOf(join(folder, 'LOCK')), '600', start)
  }
  const { stop } = await startDynamoDb({ folder })
  const modes = readdirSync(folder).map((name) => modeOf(join(folder, name)))
  await stop()
  assert.ok(modes.filter((mode) => mode === '600').length > 1, 'what the first start made')
})
