import { NODE_TTL_MS, RESERVED_LOAD } from '../../../shared/node-registry/node-registry.ts'
import type { SeededRandom } from '../../seeded-random.ts'
import { between, type Chance } from './chance.ts'
import type { FleetNode } from './fleet-node.ts'
import { fleetSize } from './fleet-size.ts'
import type { PeopleOnNodes } from './people-on-nodes.ts'
import type { Policy } from './policies.ts'
import type { RoomLists } from './room-lists.ts'
import { BOOT_SECONDS, DISASTER_PART, DRAIN_SECONDS, REFUSAL_NOTICED_SECONDS, REPAIR_MINUTES } from './scenario.ts'
import { taken } from './taken.ts'
import type { Handlers, Timeline } from './timeline.ts'
import { REGIONS, TICKS_PER_SECOND } from './workload.ts'

export type SimulatedFleetParts = {
  readonly nodes: readonly FleetNode[]
  readonly timeline: Timeline
  readonly policy: Policy
  readonly people: PeopleOnNodes
  readonly rooms: RoomLists
  readonly chance: Chance
  /** What befalls media nodes; it does not hang on the policy. */
  readonly fate: SeededRandom
}

/** Media nodes that start, tell of themselves, die and drain. */
export class SimulatedFleet {
  readonly #parts: SimulatedFleetParts

  constructor(parts: SimulatedFleetParts) {
    this.#parts = parts
  }

  readonly handlers: Handlers<'report' | 'aged' | 'up' | 'stale' | 'repaired' | 'die' | 'disaster'> = {
    report: (index) => this.#report(this.at(index)),
    aged: (index) => {
      const node = this.at(index)
      if (node === undefined || node.young === 0) return
      node.young -= 1
      this.reportSoon(node)
    },
    up: (index, _, now) => {
      const node = this.at(index)
      if (node === undefined) return
      node.reset()
      node.changedAt = now
      node.state = 'on'
      this.#parts.policy.heard(node)
    },
    stale: (index) => {
      const node = this.at(index)
      if (node?.state === 'dead') this.#parts.policy.gone(node)
    },
    repaired: (index) => {
      const node = this.at(index)
      if (node?.state === 'dead') node.state = 'off'
    },
    die: (_subject, _detail, now) => this.#die(taken(this.running(), this.#parts.fate), now),
    disaster: (_subject, _detail, now) => {
      const on = this.running()
      for (let left = Math.ceil(on.length * DISASTER_PART); left > 0; left -= 1) {
        this.#die(taken(on, this.#parts.fate), now)
      }
    },
  }

  at(index: number | undefined): FleetNode | undefined {
    return this.#parts.nodes[index ?? -1]
  }

  /** Those that take rooms. */
  running(): FleetNode[] {
    return this.#parts.nodes.filter(({ state }) => state === 'on')
  }

  /** What is new of it is told by its next heartbeat. */
  reportSoon(node: FleetNode): void {
    if (node.reportsSoon) return
    node.reportsSoon = true
    const { timeline } = this.#parts
    const ticks = (node.phase - (timeline.now % TICKS_PER_SECOND) + TICKS_PER_SECOND) % TICKS_PER_SECOND
    timeline.afterTicks(ticks || TICKS_PER_SECOND, 'report', node.index)
  }

  /** A media node that drains ends when nobody is there or on the way. */
  stopIfEmpty(node: FleetNode): void {
    if (node.state === 'draining' && node.expected === 0 && this.#parts.rooms.isEmpty(node.index)) node.state = 'off'
  }

  /** Follows how many people there are. */
  scale(): void {
    const { nodes, people, fate, timeline } = this.#parts
    for (const region of REGIONS) {
      const inRegion = nodes.filter((node) => node.region === region)
      const { start, drain } = fleetSize(inRegion, people.loadOfOne, fate)
      for (const node of start) {
        people.counts.booted += 1
        node.state = 'booting'
        timeline.after(between(BOOT_SECONDS, fate.next()), 'up', node.index)
      }
      for (const node of drain) this.#drain(node)
    }
  }

  #report(node: FleetNode | undefined): void {
    if (!node?.reportsSoon) return
    node.reportsSoon = false
    if (node.state !== 'on') return
    node.load = Math.min(1, this.#parts.people.loadOf(node) + RESERVED_LOAD * node.young)
    node.reservations = Math.max(0, node.reservations - node.opened)
    node.opened = 0
    this.#parts.policy.heard(node)
  }

  #die(node: FleetNode | undefined, now: number): void {
    if (node === undefined) return
    const { people, rooms, timeline, chance, fate } = this.#parts
    people.counts.nodeDeaths += 1
    people.change(node, -node.people, now)
    node.state = 'dead'
    node.refuses = fate.next() < 0.5
    for (const room of rooms.roomsOn(node.index)) {
      people.counts.bereft += 1
      rooms.remove(room)
      timeline.after(noticedAfter(node) + chance(room, 'noticed'), 'move', room, node.index)
    }
    timeline.after(NODE_TTL_MS / 1_000 - fate.next(), 'stale', node.index)
    timeline.after(60 * REPAIR_MINUTES, 'repaired', node.index)
  }

  #drain(node: FleetNode): void {
    const { people, policy, rooms, timeline, chance } = this.#parts
    people.counts.drained += 1
    node.state = 'draining'
    node.draining = true
    policy.gone(node)
    for (const room of rooms.roomsOn(node.index)) {
      timeline.after(DRAIN_SECONDS * chance(room, 'drained'), 'move', room, node.index)
    }
    this.stopIfEmpty(node)
  }
}

/** Seconds until whoever was connected to a dead media node, or wants to connect, asks for another one. */
export function noticedAfter({ refuses }: FleetNode): number {
  return refuses ? REFUSAL_NOTICED_SECONDS : NODE_TTL_MS / 1_000
}
