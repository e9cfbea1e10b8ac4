import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { startDynamoDb } from '../../../dev/embedded-dynamodb.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createTranscriptsTable } from '../../../shared/transcript-store/create-transcripts-table.ts'
import { dynamoDbTranscriptStore } from '../../../shared/transcript-store/dynamodb-transcript-store.ts'
import { SeededRandom } from '../../seeded-random.ts'

const SEED = 20_260_101
const ROUNDS = 20
const LONGEST_LIFE_MS = 700

/** A way to the store that can be cut. */
async function startWay(t: TestContext, target: string) {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let isOpen = true
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    if (!isOpen) return void socket.destroy()
    const onward = connect(Number(port), hostname)
    onward.on('error', () => socket.destroy())
    socket.on('close', () => onward.destroy())
    socket.pipe(onward).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  t.after(() => {
    cut()
    server.close()
  })
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    set(open: boolean) {
      isOpen = open
      if (!open) cut()
    },
  }
}

/** The process that keeps finals, with what it said. */
function startKeeper(t: TestContext, asked: object) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'journal-process.ts'), JSON.stringify(asked)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const started = Promise.withResolvers<void>()
  const saved: string[] = []
  const complaints: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'started') started.resolve()
    else if (line.startsWith('saved ')) saved.push(line.slice('saved '.length))
    else complaints.push(line)
  })
  const ended = once(child, 'close')
  return { child, saved, complaints, started: Promise.race([started.promise, ended]), ended }
}

test('[J40] whatever was on the disk when the process was killed is stored after the next start, once and in order', async (t) => {
  const random = new SeededRandom(SEED)
  const parent = await mkdtemp(join(tmpdir(), 'jbcalling-spool-'))
  t.after(() => rm(parent, { recursive: true }))
  const folder = join(parent, 'spool')
  const dynamo = await startDynamoDb()
  t.after(() => dynamo.stop())
  const location = {
    endpoint: dynamo.endpoint,
    region: 'local',
    table: 'transcripts',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  }
  await createTranscriptsTable(location)
  const store = dynamoDbTranscriptStore({ ...location, clock: systemClock })
  t.after(() => store.close())
  const way = await startWay(t, dynamo.endpoint)
  const storedIn = async (room: number) => {
    const stored: string[] = []
    for (let after: string | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
      const page = await store.read({ roomId: `room-${room}`, createdAt: 1 }, { sinceMs: 0, limit: 1_000, after })
      stored.push(...page.lines.map(({ segmentId }) => segmentId))
      after = page.next
    }
    return stored
  }
  const saved = new Set<string>()
  const asked = { folder, endpoint: way.endpoint, table: location.table, drain: false }
  for (let round = 0; round < ROUNDS; round += 1) {
    way.set(random.next() < 0.5)
    const keeper = startKeeper(t, { ...asked, first: round * 100_000 })
    await keeper.started
    await wait(random.below(LONGEST_LIFE_MS))
    if (random.next() < 0.3) way.set(random.next() < 0.5)
    await wait(random.below(LONGEST_LIFE_MS))
    keeper.child.kill('SIGKILL')
    await keeper.ended
    assert.deepEqual(keeper.complaints, [])
    for (const number of keeper.saved) saved.add(number)
    for (const room of [0, 1]) {
      const ofRoom = [...saved].filter((number) => Number(number) % 2 === room)
      const stored = (await storedIn(room)).filter((number) => saved.has(number))
      assert.deepEqual(stored, ofRoom.slice(0, stored.length), `round ${round}: the oldest are stored first`)
    }
  }
  way.set(true)
  const last = startKeeper(t, { ...asked, first: 0, drain: true })
  await last.ended
  assert.deepEqual(last.complaints, [])
  assert.equal(last.child.exitCode, 0)
  const stored = [...(await storedIn(0)), ...(await storedIn(1))]
  assert.equal(new Set(stored).size, stored.length, 'each once')
  assert.deepEqual(
    [...saved].filter((number) => !stored.includes(number)),
    [],
    'none is lost',
  )
  for (const room of [0, 1]) {
    const ofRoom = await storedIn(room)
    assert.deepEqual(ofRoom, ofRoom.toSorted(), 'in the order in which they were said')
  }
  assert.deepEqual(await readdir(folder), [], 'nothing is left on the disk')
  t.diagnostic(`${saved.size} finals were on the disk at ${ROUNDS} kills`)
})
