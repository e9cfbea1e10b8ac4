import type { SeededRandom } from '../../seeded-random.ts'
import type { FleetNode } from './fleet-node.ts'
import { DRAINED_AT_ONCE, LEAST_PART_RUNNING, SPARE_BEFORE_DRAINING, TARGET_LOAD } from './scenario.ts'
import { taken } from './taken.ts'

/** Which media nodes of a region are to be started and which to be drained, for as many people as there are now. */
export function fleetSize(
  nodes: readonly FleetNode[],
  loadOfOne: number,
  random: SeededRandom,
): { readonly start: readonly FleetNode[]; readonly drain: readonly FleetNode[] } {
  const inState = (state: FleetNode['state']) => nodes.filter((node) => node.state === state)
  const [on, off] = [inState('on'), inState('off')]
  const ready = on.length + inState('booting').length
  const strength = nodes.reduce((sum, node) => sum + node.strength, 0) / nodes.length
  const people = nodes.reduce((sum, node) => sum + node.people, 0)
  const least = Math.max(1, Math.ceil(LEAST_PART_RUNNING * nodes.length))
  const wanted = Math.max(least, Math.ceil((people * loadOfOne) / (TARGET_LOAD * strength)))
  const spare = Math.floor(ready - SPARE_BEFORE_DRAINING * wanted)
  const drained = Math.min(spare, Math.ceil(DRAINED_AT_ONCE * on.length), on.length - 1)
  return { start: takenOf(off, wanted - ready, random), drain: takenOf(on, drained, random) }
}

function takenOf(from: FleetNode[], count: number, random: SeededRandom): readonly FleetNode[] {
  return Array.from({ length: Math.max(0, count) }, () => taken(from, random)).filter((node) => node !== undefined)
}
