import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chooseMediaNode } from '../../../control-plane/choose-media-node.ts'
import { type Indexed, LoadIndex, NOWHERE } from '../../bench/fleet/load-index.ts'
import { checkProperty } from '../../check-property.ts'

const CASES = 1_000

const NODES = 24

const region = fc.constantFrom('eu', 'eu', 'eu', 'us', 'ap')

/** In few steps, so that media nodes are often equally loaded, and often right at the limit. */
const load = fc.integer({ min: 0, max: 10 }).map((step) => step / 10)

const step = fc.record({
  node: fc.nat(NODES - 1),
  change: fc.oneof(
    fc.record({ load, reservations: fc.nat(5) }),
    fc.constant('drains' as const),
    fc.constant('reserve' as const),
  ),
})

test('[X9] the simulation chooses what the control plane would choose from the whole fleet', async (t) => {
  const scene = fc.record({
    regions: fc.array(region, { minLength: NODES, maxLength: NODES }),
    steps: fc.array(step, { minLength: 60, maxLength: 150 }),
    limit: load,
    asked: region,
  })
  const property = fc.property(scene, ({ regions, steps, limit, asked }) => {
    const fleet = regions.map((region, index): Mutable => newNode(`node-${index}`, region))
    const index = new LoadIndex<Mutable>()
    for (const { node: at, change } of steps) {
      const node = fleet[at]
      if (node === undefined) continue
      if (change === 'reserve') {
        const chosen = index.choose(asked, limit)
        assert.equal(chosen, chooseMediaNode({ candidates: fleet, region: asked, limit }).node)
        if (chosen === undefined) continue
        chosen.reservations += 1
        index.put(chosen)
      } else if (change === 'drains') {
        node.draining = true
        index.remove(node)
      } else {
        Object.assign(node, change, { draining: false })
        index.put(node)
      }
      assert.equal(index.choose(asked, limit), chooseMediaNode({ candidates: fleet, region: asked, limit }).node)
    }
  })
  await checkProperty(t, CASES, property)
})

type Mutable = { -readonly [K in keyof Indexed]: Indexed[K] }

/** Draining until something is heard of it, as a media node that is not in the index. */
function newNode(nodeId: string, region: string): Mutable {
  return {
    nodeId,
    region,
    load: 0,
    draining: true,
    ageMs: 0,
    reservations: 0,
    get firmReservations() {
      return this.reservations
    },
    place: NOWHERE,
  }
}
