import { parseArgs } from 'node:util'
import { systemClock } from '../../shared/clock.ts'
import type { TableLocation } from '../../shared/dynamodb/dynamodb-connection.ts'
import { dynamoDbRoomStore } from '../../shared/room-store/dynamodb-room-store.ts'
import { SeededRandom } from '../seeded-random.ts'
import { type BareStores, bareStores } from './allocate/bare-stores.ts'
import { BenchFleet } from './allocate/bench-fleet.ts'
import { type Burst, burst } from './allocate/burst.ts'
import { byTurns, newTiming } from './allocate/by-turns.ts'
import { type Operation, operationsOn } from './allocate/operations.ts'
import { type Refusals, refusals } from './allocate/refusals.ts'
import { allocateResult, allocateText, type Measured } from './allocate/report.ts'
import { startRoomsTable } from './allocate/stores.ts'
import { machineLine } from './figures.ts'
import { writeResult } from './write-result.ts'

const HELP = `npm run bench:allocate [-- --nodes 10,100,1000,10000 --seconds 20 --rooms 1000 --write]

Places rooms with the control plane's own code on so many media nodes, which are heartbeats in a real Redis, and in
DynamoDB's API, for so many seconds at each size; beside it, by turns, the bare round trips to the same stores. Then makes
so many rooms at once on equal media nodes, and asks for rooms while all are full.
--write puts the result into docs/benchmarks/allocate.md.`

/** How many are under way at a time. */
const AT_ONCE = [1, 8]
const BATCHES = 8
const SLICE_MS = 1_200
const HIGHEST_LOAD = 0.5
const REFUSED_CALLS = 500
const SEED = 4

const { values: options } = parseArgs({
  options: {
    nodes: { type: 'string', default: '10,100,1000,10000' },
    seconds: { type: 'string', default: '20' },
    rooms: { type: 'string', default: '1000' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) console.log(HELP)
else await bench()

/** A fleet, and what is measured of it. */
type Subject = {
  readonly fleet: BenchFleet
  readonly bare: BareStores
  readonly operations: readonly Operation[]
  readonly measured: readonly Measured[]
}

async function bench(): Promise<void> {
  const machine = machineLine()
  console.log(machine)
  await using owner = new AsyncDisposableStack()
  const location = await startRoomsTable(owner)
  const subjects: Subject[] = []
  for (const nodes of options.nodes.split(',').map(Number)) {
    console.error(`… ${nodes} media nodes`)
    subjects.push(await startSubject(nodes, location, owner))
  }
  await measure(subjects)
  const bursts: Burst[] = []
  const refused: Refusals[] = []
  for (const { fleet, bare } of subjects) {
    console.error(`… a burst of ${options.rooms} rooms on ${fleet.nodes} media nodes, and refusals`)
    bursts.push(await burst(fleet, bare, Number(options.rooms)))
    await fleet.beat()
    refused.push(await refusals(fleet, location, { calls: REFUSED_CALLS, atOnce: 8 }))
  }
  const run = {
    measured: subjects.flatMap(({ measured }) => measured).toSorted(byOperation),
    bursts,
    refusals: refused,
    upkeep: subjects.map(({ fleet: { nodes, beatMs, readMs } }) => ({ nodes, beatMs, readMs })),
  }
  console.log(`\n${allocateText(run)}`)
  if (!options.write) return
  const command = `npm run bench:allocate -- --nodes ${options.nodes} --seconds ${options.seconds} --write`
  await writeResult(allocateResult(run, { machine, command }))
}

async function startSubject(nodes: number, location: TableLocation, owner: AsyncDisposableStack): Promise<Subject> {
  const rooms = dynamoDbRoomStore({ ...location, clock: systemClock })
  owner.defer(() => rooms.close())
  const fleet = await BenchFleet.start(nodes, rooms, owner)
  const bare = await bareStores(fleet.redisUrl, location, owner)
  const random = new SeededRandom(SEED)
  const loads = Array.from({ length: nodes }, () => random.next() * HIGHEST_LOAD)
  fleet.setLoad((node) => loads[node] ?? 0)
  const operations = operationsOn(fleet, bare)
  const measured = operations.flatMap(({ name }) =>
    AT_ONCE.map((atOnce) => ({ nodes, operation: name, atOnce, ours: newTiming(), bare: newTiming() })),
  )
  return { fleet, bare, operations, measured }
}

/** Each size by turns, for a slice of time; the first slice of each only warms up. */
async function measure(subjects: readonly Subject[]): Promise<void> {
  for (const subject of subjects) await measureSlice({ ...subject, measured: subject.measured.map(forgotten) })
  const slices = Math.ceil((1_000 * Number(options.seconds)) / SLICE_MS)
  for (let slice = 1; slice <= slices; slice += 1) {
    console.error(`… slice ${slice} of ${slices}`)
    for (const subject of subjects) await measureSlice(subject)
  }
}

function forgotten(measured: Measured): Measured {
  return { ...measured, ours: newTiming(), bare: newTiming() }
}

async function measureSlice({ fleet, operations, measured }: Subject): Promise<void> {
  await fleet.beat()
  await fleet.read()
  for (const { operation, atOnce, ours, bare } of measured) {
    const ways = operations.find(({ name }) => name === operation)
    if (!ways) continue
    await byTurns([ways.ours, ways.bare], [ours, bare], {
      batch: BATCHES * atOnce,
      atOnce,
      forMs: SLICE_MS / measured.length,
      upkeep: () => fleet.keepAlive(),
      now: () => performance.now(),
    })
  }
}

function byOperation(a: Measured, b: Measured): number {
  const order = ['create', 'find', 'move']
  return order.indexOf(a.operation) - order.indexOf(b.operation) || a.atOnce - b.atOnce || a.nodes - b.nodes
}
