import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Candidate, chooseMediaNode } from '../../../control-plane/choose-media-node.ts'
import { NODE_TTL_MS, RESERVED_LOAD } from '../../../shared/node-registry/node-registry.ts'

const node = (nodeId: string, other: Partial<Candidate> = {}): Candidate => ({
  nodeId,
  region: 'eu',
  load: 0.5,
  draining: false,
  reservations: 0,
  firmReservations: other.reservations ?? 0,
  ageMs: 0,
  ...other,
})

function choose(candidates: readonly Candidate[], options: { region?: string; limit?: number; sinceMs?: number } = {}) {
  const { node, reason } = chooseMediaNode({ candidates, limit: 0.8, ...options })
  return [node?.nodeId, reason]
}

test('[A1] the least loaded media node is chosen', () => {
  const fleet = [node('a', { load: 0.5 }), node('b', { load: 0.2 }), node('c', { load: 0.7 })]
  assert.deepEqual(choose(fleet), ['b', 'no_region_asked'])
})

test('[A1] a room that was placed and is not in the load yet counts as load', () => {
  const reserved = node('a', { load: 0.2, reservations: 2 })
  assert.deepEqual(choose([reserved, node('b', { load: 0.2 + 1.5 * RESERVED_LOAD })]), ['b', 'no_region_asked'])
  assert.deepEqual(choose([reserved, node('b', { load: 0.2 + 2.5 * RESERVED_LOAD })]), ['a', 'no_region_asked'])
})

test('[A1] at equal load the lowest id decides, in whatever order they are listed', () => {
  const equal = [node('c'), node('a'), node('b')]
  assert.deepEqual(choose(equal), ['a', 'no_region_asked'])
  assert.deepEqual(choose(equal.toReversed()), ['a', 'no_region_asked'])
})

test('[A2] the asked region is preferred, however loaded', () => {
  const fleet = [node('far', { load: 0.1, region: 'us' }), node('near', { load: 0.79 })]
  assert.deepEqual(choose(fleet, { region: 'eu' }), ['near', 'in_region'])
})

test('[A2] a region without a free media node is left', () => {
  const far = node('far', { region: 'us' })
  assert.deepEqual(choose([far], { region: 'eu' }), ['far', 'outside_region'])
  assert.deepEqual(choose([far, node('full', { load: 0.8 })], { region: 'eu' }), ['far', 'outside_region'])
  assert.deepEqual(choose([far, node('leaves', { draining: true })], { region: 'eu' }), ['far', 'outside_region'])
})

test('[A4] a draining media node takes no room', () => {
  assert.deepEqual(choose([node('a', { load: 0, draining: true }), node('b')]), ['b', 'no_region_asked'])
  assert.deepEqual(choose([node('a', { draining: true })]), [undefined, 'all_draining'])
})

test('[A4] a media node whose effective load is at the limit takes no room', () => {
  assert.deepEqual(choose([node('a', { load: 0.79 }), node('b', { load: 0.8 })]), ['a', 'no_region_asked'])
  assert.deepEqual(choose([node('b', { load: 0.8 })]), [undefined, 'all_full'])
  assert.deepEqual(choose([node('b', { load: 0.79, reservations: 1 })]), [undefined, 'all_full'])
  assert.deepEqual(choose([node('b', { load: 0.8 })], { limit: 0.81 }), ['b', 'no_region_asked'])
})

test('[A4] a media node whose heartbeat is too old takes no room, also when it has grown old since its age was measured', () => {
  assert.deepEqual(choose([node('a', { load: 0, ageMs: NODE_TTL_MS }), node('b')]), ['b', 'no_region_asked'])
  const young = [node('a', { ageMs: 1_000 })]
  assert.deepEqual(choose(young, { sinceMs: NODE_TTL_MS - 1_001 }), ['a', 'no_region_asked'])
  assert.deepEqual(choose(young, { sinceMs: NODE_TTL_MS - 1_000 }), [undefined, 'no_media_node'])
})

test('[A4] without any media node the refusal says so', () => {
  assert.deepEqual(choose([]), [undefined, 'no_media_node'])
})
