import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FleetNode } from '../../bench/fleet/fleet-node.ts'
import { fleetSize } from '../../bench/fleet/fleet-size.ts'
import { type PolicyName, policyNames } from '../../bench/fleet/policies.ts'
import { simulate } from '../../bench/fleet/simulation.ts'
import { workload } from '../../bench/fleet/workload.ts'
import { SeededRandom } from '../../seeded-random.ts'

const SEED = 3
const ROOMS = 6_000
const NODES = 90
const day = workload(SEED, ROOMS)

function outcome(policy: PolicyName, nodes = NODES) {
  const { tookMs, ...rest } = simulate({ policy, workload: day, nodes, seed: SEED, onHour: () => undefined })
  return rest
}

test('[X11] the same seed gives the same day', () => {
  for (const policy of policyNames) assert.deepEqual(outcome(policy), outcome(policy))
})

test('[X11] every room of the day is placed or refused, and everybody is in a call as long as they stay', () => {
  const reference = outcome('reserved').counts
  for (const policy of policyNames) {
    const { counts, samples } = outcome(policy)
    assert.equal(counts.placed + counts.refused, reference.placed + reference.refused)
    assert.equal(counts.refused, 0)
    assert.equal(samples.length, 24 * 60)
    // What the deaths of media nodes take from their time is all that differs.
    assert.ok(Math.abs(counts.peopleTicks / reference.peopleTicks - 1) < 0.002, policy)
  }
})

test('[X11] rooms leave media nodes that die and that drain', () => {
  const { nodeDeaths, bereft, drained, moved } = outcome('reserved').counts
  assert.ok(nodeDeaths > 1 && bereft > nodeDeaths && drained > 10 && moved.drained > drained)
  // Some are over before anybody notices.
  assert.ok(moved.died > 0.95 * bereft, `${moved.died} of ${bereft}`)
})

test('[X11] without reservations rooms crowd onto the media node that was the emptiest', () => {
  const [reserved, least] = [outcome('reserved', 900), outcome('least load', 900)]
  const above = ({ counts }: ReturnType<typeof outcome>) => counts.overLimitTicks / counts.peopleTicks
  assert.ok(above(least) >= above(reserved), `${above(least)} and ${above(reserved)}`)
})

test('[X12] media nodes are started for the people there are, and spare ones drained slowly', () => {
  const fleet = (on: number, off: number, people: number) =>
    Array.from({ length: on + off }, (_, index) => {
      const node = new FleetNode({ index, region: 'eu', strength: 1, phase: 0 })
      node.state = index < on ? 'on' : 'off'
      node.people = index < on ? people / on : 0
      return node
    })
  const size = (on: number, off: number, people: number) => {
    const { start, drain } = fleetSize(fleet(on, off, people), 0.01, new SeededRandom(1))
    assert.ok(start.every(({ state }) => state === 'off') && drain.every(({ state }) => state === 'on'))
    return [new Set(start).size, new Set(drain).size]
  }
  assert.deepEqual(size(10, 90, 1_000), [10, 0])
  assert.deepEqual(size(10, 2, 1_000), [2, 0])
  assert.deepEqual(size(20, 80, 1_000), [0, 0])
  assert.deepEqual(size(22, 78, 1_000), [0, 0])
  assert.deepEqual(size(100, 0, 1_000), [0, 2])
  assert.deepEqual(size(0, 100, 0), [5, 0])
})

test('[X12] people are counted from when they came until they went, by how loaded it was meanwhile', () => {
  const { counts } = outcome('reserved')
  const scheduled = Array.from(day.size, (size, room) => size * ((day.endTick[room] ?? 0) - (day.beginTick[room] ?? 0)))
  const most = scheduled.reduce((sum, ticks) => sum + ticks, 0)
  assert.ok(counts.peopleTicks < most && counts.peopleTicks > 0.6 * most, `${counts.peopleTicks / most}`)
  assert.ok(counts.overloadedTicks <= counts.overLimitTicks && counts.overLimitTicks < counts.peopleTicks)
})
