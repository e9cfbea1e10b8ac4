import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FleetNode } from '../../bench/fleet/fleet-node.ts'
import { type PolicyName, policyNames, policyOf } from '../../bench/fleet/policies.ts'
import { SeededRandom } from '../../seeded-random.ts'

const LIMIT = 0.8

/** A policy that has heard of media nodes with these loads. */
function hearing(name: PolicyName, loads: readonly number[], regionOf: (index: number) => string = () => 'eu') {
  const policy = policyOf(name, LIMIT, new SeededRandom(1))
  const nodes = loads.map((load, index) => {
    const node = new FleetNode({ index, region: regionOf(index), strength: 1, phase: 0 })
    node.load = load
    policy.heard(node)
    return node
  })
  const choose = (times: number) => Array.from({ length: times }, () => policy.choose('eu')?.index)
  return { policy, nodes, choose }
}

test('[X10] only with reservations is what was placed since the last heartbeat counted', () => {
  assert.deepEqual(hearing('reserved', [0.1, 0.1, 0.1]).choose(6), [0, 1, 2, 0, 1, 2])
  assert.deepEqual(hearing('least load', [0.1, 0.1, 0.1]).choose(6), [0, 0, 0, 0, 0, 0])
})

test('[X10] at random every media node has its turn, and of two the less loaded one', () => {
  const times = 3_000
  const share = (name: PolicyName, index: number) =>
    hearing(name, [0.1, 0.4, 0.7])
      .choose(times)
      .filter((chosen) => chosen === index).length / times
  for (const index of [0, 1, 2]) assert.ok(Math.abs(share('random', index) - 1 / 3) < 0.04)
  assert.ok(Math.abs(share('two choices', 0) - 5 / 9) < 0.04)
  assert.ok(Math.abs(share('two choices', 2) - 1 / 9) < 0.04)
})

test('[X10] whatever the policy, nothing goes to a full media node or one that is gone, nor outside the region without need', () => {
  for (const name of policyNames) {
    const { policy, nodes, choose } = hearing(name, [0.8, 0.9, 0.3, 0.1], (index) => (index === 3 ? 'us' : 'eu'))
    assert.deepEqual(new Set(choose(10)), new Set([2]), name)
    for (const node of nodes.slice(2, 3)) policy.gone(node)
    assert.deepEqual(new Set(choose(10)), new Set([3]), name)
    for (const node of nodes.slice(3)) policy.gone(node)
    assert.deepEqual(new Set(choose(10)), new Set([undefined]), name)
    for (const node of nodes.slice(2, 3)) policy.heard(node)
    assert.deepEqual(new Set(choose(10)), new Set([2]), name)
  }
})
