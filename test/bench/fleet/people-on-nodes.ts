import { type BalanceSample, balanceOf } from './balance.ts'
import type { FleetNode } from './fleet-node.ts'
import type { Counts } from './outcome.ts'

const FULL = 1

/** Adds up how long people were on media nodes, and how loaded these were. */
export class PeopleOnNodes {
  readonly #nodes: readonly FleetNode[]
  readonly loadOfOne: number
  readonly #limit: number
  counts: Counts

  constructor(nodes: readonly FleetNode[], counts: Counts, options: { loadOfOne: number; limit: number }) {
    this.#nodes = nodes
    this.counts = counts
    this.loadOfOne = options.loadOfOne
    this.#limit = options.limit
  }

  /** As it really is, not as it was told. */
  loadOf({ people, strength }: FleetNode): number {
    return (people * this.loadOfOne) / strength
  }

  change(node: FleetNode, by: number, now: number): void {
    this.#addUp(node, now)
    node.people += by
  }

  /** Everything until now is counted, in the counts from before, and what follows in these. */
  countIn(counts: Counts, now: number): void {
    for (const node of this.#nodes) this.#addUp(node, now)
    this.counts = counts
  }

  sample(minute: number): BalanceSample {
    return balanceOf(
      minute,
      Float64Array.from(this.#nodes.filter(({ state }) => state === 'on').map((node) => this.loadOf(node))),
    )
  }

  #addUp(node: FleetNode, now: number): void {
    const ticks = node.people * (now - node.changedAt)
    const load = this.loadOf(node)
    this.counts.peopleTicks += ticks
    if (load > this.#limit) this.counts.overLimitTicks += ticks
    if (load > FULL) this.counts.overloadedTicks += ticks
    node.changedAt = now
  }
}
