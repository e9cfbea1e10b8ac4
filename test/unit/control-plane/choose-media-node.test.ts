import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseMediaNode } from '../../../control-plane/choose-media-node.ts'
import { type AliveNode, NODE_TTL_MS } from '../../../shared/node-registry/node-registry.ts'
import { nodeReport } from './test-control-plane.ts'

const NOW = 1_000_000

const node = (nodeId: string, other: Partial<AliveNode> = {}): AliveNode => ({
  ...nodeReport(nodeId),
  ageMs: 0,
  ...other,
})

function choose(nodes: readonly AliveNode[], options: { region?: string; takenAt?: number } = {}) {
  const { region, takenAt = NOW } = options
  const { node, reason } = chooseMediaNode({ fleet: { nodes, takenAt }, region, now: NOW })
  return [node?.nodeId, reason]
}

test('[A1] the least loaded media node is chosen', () => {
  const fleet = [node('a', { load: 0.5 }), node('b', { load: 0.2 }), node('c', { load: 0.9 })]
  assert.deepEqual(choose(fleet), ['b', 'no_region_asked'])
})

test('[A1] at equal load the fewest participants decide, and then the lowest id, in whatever order they are listed', () => {
  const byParticipants = [node('a', { participants: 9 }), node('b', { participants: 3 })]
  assert.deepEqual(choose(byParticipants), ['b', 'no_region_asked'])
  const equal = [node('c'), node('a'), node('b')]
  assert.deepEqual(choose(equal), ['a', 'no_region_asked'])
  assert.deepEqual(choose(equal.toReversed()), ['a', 'no_region_asked'])
})

test('[A2] the asked region is preferred, however loaded', () => {
  const fleet = [node('far', { load: 0.1, region: 'us' }), node('near', { load: 0.9 })]
  assert.deepEqual(choose(fleet, { region: 'eu' }), ['near', 'in_region'])
})

test('[A2] a region without a free media node is left', () => {
  const far = node('far', { region: 'us' })
  assert.deepEqual(choose([far], { region: 'eu' }), ['far', 'outside_region'])
  assert.deepEqual(choose([far, node('full', { load: 1 })], { region: 'eu' }), ['far', 'outside_region'])
  assert.deepEqual(choose([far, node('leaves', { draining: true })], { region: 'eu' }), ['far', 'outside_region'])
})

test('[A4] a draining media node takes no room', () => {
  assert.deepEqual(choose([node('a', { load: 0, draining: true }), node('b')]), ['b', 'no_region_asked'])
  assert.deepEqual(choose([node('a', { draining: true })]), [undefined, 'all_draining'])
})

test('[A4] a full media node takes no room', () => {
  assert.deepEqual(choose([node('a', { load: 0.99 }), node('b', { load: 1 })]), ['a', 'no_region_asked'])
  assert.deepEqual(choose([node('b', { load: 1 })]), [undefined, 'all_full'])
})

test('[A4] a media node whose heartbeat is too old takes no room, also when it has grown old since the fleet was read', () => {
  assert.deepEqual(choose([node('a', { load: 0, ageMs: NODE_TTL_MS }), node('b')]), ['b', 'no_region_asked'])
  const young = [node('a', { ageMs: 1_000 })]
  assert.deepEqual(choose(young, { takenAt: NOW - NODE_TTL_MS + 1_001 }), ['a', 'no_region_asked'])
  assert.deepEqual(choose(young, { takenAt: NOW - NODE_TTL_MS + 1_000 }), [undefined, 'no_media_node'])
})

test('[A4] without any media node the refusal says so', () => {
  assert.deepEqual(choose([]), [undefined, 'no_media_node'])
})
