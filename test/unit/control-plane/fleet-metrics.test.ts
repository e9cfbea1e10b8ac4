import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fleetMetricsLine } from '../../../control-plane/fleet-metrics.ts'
import type { AliveNode } from '../../../shared/node-registry/node-registry.ts'
import { nodeReport } from './test-control-plane.ts'

const node = (given: Partial<AliveNode>): AliveNode => {
  const { openedRooms: _, ...report } = nodeReport('node')
  return { ...report, ageMs: 0, reservations: 0, firmReservations: 0, load: 0, rooms: 0, participants: 0, ...given }
}
const line = (...nodes: readonly AliveNode[]) => JSON.parse(fleetMetricsLine(nodes, { stage: 'test', now: 5 }))

test('[O20] the load of the fleet is the mean of those that take rooms, with what is firmly reserved on them', () => {
  const nodes = [
    node({ load: 0.2, reservations: 50, firmReservations: 5, rooms: 2 }),
    node({ load: 0.5, participants: 3 }),
  ]
  const { LoadRatio, MediaNodes, DrainingNodes, Rooms, Participants } = line(
    ...nodes,
    node({ load: 1, draining: true }),
  )
  assert.ok(Math.abs(LoadRatio - 0.4) < 1e-9)
  assert.equal(line(node({ load: 0.9, reservations: 100, firmReservations: 100 })).LoadRatio, 1)
  assert.deepEqual([MediaNodes, DrainingNodes, Rooms, Participants], [3, 1, 2, 3])
})

test('[O20] a fleet that takes no rooms is full, and one without media nodes has no load', () => {
  assert.equal(line(node({ draining: true })).LoadRatio, 1)
  assert.equal('LoadRatio' in line(), false)
  assert.equal(line().MediaNodes, 0)
})

test('[O20] every value is declared as a metric of the stage, and no other', () => {
  for (const nodes of [[], [node({})]]) {
    const { _aws, Stage, ...values } = line(...nodes)
    const [{ Dimensions, Metrics }] = _aws.CloudWatchMetrics
    assert.deepEqual([_aws.Timestamp, Stage, Dimensions], [5, 'test', [['Stage']]])
    assert.deepEqual(Metrics.map(({ Name }: { Name: string }) => Name).sort(), Object.keys(values).sort())
  }
})
