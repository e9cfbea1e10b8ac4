import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Candidate, chooseMediaNode, effectiveLoad, firmLoad } from '../../../control-plane/choose-media-node.ts'
import { NODE_TTL_MS } from '../../../shared/node-registry/node-registry.ts'
import { checkProperty } from '../../check-property.ts'

const CASES = 3_000

const region = fc.constantFrom('eu', 'us', 'ap')

/** Loads in few steps, so that media nodes are often equally loaded, and often right at the limit. */
const load = fc.integer({ min: 0, max: 20 }).map((step) => step / 20)

const candidate: fc.Arbitrary<Candidate> = fc
  .record({
    nodeId: fc.integer({ min: 0, max: 99 }).map((id) => `node-${id}`),
    region,
    load,
    draining: fc.boolean(),
    ageMs: fc.constantFrom(0, NODE_TTL_MS / 2, NODE_TTL_MS - 1, NODE_TTL_MS, 10 * NODE_TTL_MS),
    firmReservations: fc.nat(10),
    others: fc.oneof(fc.constant(0), fc.nat(60)),
  })
  .map(({ others, ...node }) => ({ ...node, reservations: node.firmReservations + others }))

const asked = fc.record({
  candidates: fc.uniqueArray(candidate, { selector: ({ nodeId }) => nodeId, maxLength: 30 }),
  region: fc.option(region, { nil: undefined }),
  limit: load,
  sinceMs: fc.constantFrom(0, 1, NODE_TTL_MS / 2),
})

type Asked = Parameters<typeof chooseMediaNode<Candidate>>[0] & { readonly candidates: readonly Candidate[] }

/** Those that may take a room, by the words of the rule and not by the code. */
function eligible({ candidates, limit, sinceMs = 0 }: Asked): readonly Candidate[] {
  return candidates.filter(
    (node) => node.ageMs + sinceMs < NODE_TTL_MS && !node.draining && node.load + 0.02 * node.firmReservations < limit,
  )
}

test('[A20] no room ever goes to a media node that is draining, silent or full, and none is refused while another is there', async (t) => {
  const property = fc.property(asked, (given) => {
    const { node } = chooseMediaNode(given)
    const able = eligible(given)
    if (node) assert.ok(able.includes(node))
    else assert.deepEqual(able, [])
  })
  await checkProperty(t, CASES, property)
})

test('[A21] nobody in the asked region is passed over, and who ranks first takes the room, or if full the least full', async (t) => {
  const property = fc.property(asked, (given) => {
    const { node, reason } = chooseMediaNode(given)
    if (!node) return
    const near = eligible(given).filter((one) => one.region === given.region)
    assert.equal(reason === 'in_region', near.length > 0)
    const rivals = near.length > 0 ? near : eligible(given)
    const living = given.candidates.filter((one) => one.ageMs + given.sinceMs < NODE_TTL_MS && !one.draining)
    const inOrder = (nodes: readonly Candidate[], by: (node: Candidate) => number) =>
      nodes.toSorted((a, b) => by(a) - by(b) || (a.nodeId < b.nodeId ? -1 : 1))[0]
    const first = inOrder(near.length > 0 ? living.filter((one) => one.region === given.region) : living, effectiveLoad)
    assert.equal(node, first && rivals.includes(first) ? first : inOrder(rivals, firmLoad))
  })
  await checkProperty(t, CASES, property)
})

test('[A22] the same fleet gives the same choice, in whatever order it comes', async (t) => {
  const shuffled = asked.chain((given) =>
    fc
      .shuffledSubarray(given.candidates, { minLength: given.candidates.length })
      .map((candidates) => [given, { ...given, candidates }] as const),
  )
  const property = fc.property(shuffled, ([one, other]) =>
    assert.deepEqual(chooseMediaNode(one), chooseMediaNode(other)),
  )
  await checkProperty(t, CASES, property)
})

test('[A22] where every reservation counts as load, the first of each region are candidates enough', async (t) => {
  const property = fc.property(asked, (any) => {
    const candidates = any.candidates.map((node) => ({ ...node, reservations: node.firmReservations }))
    const given = { ...any, candidates }
    const free = candidates.filter((node) => node.ageMs + given.sinceMs < NODE_TTL_MS && !node.draining)
    const inOrder = free.toSorted((a, b) => effectiveLoad(a) - effectiveLoad(b) || (a.nodeId < b.nodeId ? -1 : 1))
    const firsts = inOrder.filter((node) => node === inOrder.find((one) => one.region === node.region))
    if (firsts.length === 0) return
    assert.deepEqual(chooseMediaNode({ ...given, candidates: firsts }), chooseMediaNode(given))
  })
  await checkProperty(t, CASES, property)
})

test('[A23] rooms placed one after the other spread over equal media nodes within one', async (t) => {
  const burst = fc.record({ nodes: fc.integer({ min: 1, max: 12 }), rooms: fc.nat(200), load })
  const property = fc.property(burst, ({ nodes, rooms, load }) => {
    const fleet = Array.from({ length: nodes }, (_, index) => ({
      nodeId: `node-${index}`,
      region: 'eu',
      load,
      draining: false,
      ageMs: 0,
      reservations: 0,
      firmReservations: 0,
    }))
    for (let room = 0; room < rooms; room += 1) {
      const { node } = chooseMediaNode({ candidates: fleet, limit: 100 })
      assert.ok(node)
      node.reservations += 1
    }
    const counts = fleet.map(({ reservations }) => reservations)
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, counts.join(' '))
  })
  await checkProperty(t, 300, property)
})
