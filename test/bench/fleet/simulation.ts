import { RESERVATION_TTL_MS, RESERVED_LOAD } from '../../../shared/node-registry/node-registry.ts'
import { SeededRandom } from '../../seeded-random.ts'
import type { BalanceSample } from './balance.ts'
import { between, type Chance, chanceOf } from './chance.ts'
import { type FleetNode, fleetNode } from './fleet-node.ts'
import { noCounts, type Outcome } from './outcome.ts'
import { PeopleOnNodes } from './people-on-nodes.ts'
import { type Policy, type PolicyName, policyOf } from './policies.ts'
import { RoomLists } from './room-lists.ts'
import {
  ARRIVAL_SECONDS,
  ASK_AGAIN_SECONDS,
  DEATHS_A_DAY,
  DISASTER_HOUR,
  JOINED_SOON,
  LEFT_EARLY_SECONDS,
  LIMIT,
  MOVE_SECONDS,
  SETTLED_SECONDS,
  SOON_SECONDS,
  TARGET_LOAD,
} from './scenario.ts'
import { noticedAfter, SimulatedFleet } from './simulated-fleet.ts'
import { type Handlers, type Kind, Timeline } from './timeline.ts'
import {
  ALL_MINUTES,
  DAY_MINUTES,
  REGIONS,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  WARM_UP_MINUTES,
  type Workload,
} from './workload.ts'

/** In place of how often it was placed, of a room that is over. */
const OVER = 65_535
const NOWHERE = -1

export type SimulationOptions = {
  readonly policy: PolicyName
  readonly workload: Workload
  readonly nodes: number
  readonly seed: number
  readonly onHour: (hour: number) => void
}

/** A day of calls on a fleet whose media nodes are chosen by one policy. The same options give the same outcome. */
export function simulate(options: SimulationOptions): Outcome {
  const startedAt = performance.now()
  const outcome = new Simulation(options).run()
  return { ...outcome, tookMs: performance.now() - startedAt }
}

class Simulation {
  readonly #options: SimulationOptions
  readonly #timeline = new Timeline()
  readonly #fleet: SimulatedFleet
  readonly #hosted: RoomLists
  readonly #policy: Policy
  readonly #people: PeopleOnNodes
  readonly #chance: Chance
  readonly #fate: SeededRandom
  readonly #samples: BalanceSample[] = []
  /** People in each room. */
  readonly #present: Uint8Array
  /** The media node that a room was given and has not come to. */
  readonly #target: Int32Array
  /** How often a room was placed. */
  readonly #epoch: Uint16Array

  constructor(options: SimulationOptions) {
    const { workload, seed } = options
    this.#options = options
    const nodes = Array.from({ length: options.nodes }, (_, index) => fleetNode(index))
    const strength = nodes.reduce((sum, node) => sum + node.strength, 0) / REGIONS.length
    const loadOfOne = (TARGET_LOAD * strength) / workload.peak
    this.#hosted = new RoomLists(options.nodes, workload.rooms)
    this.#policy = policyOf(options.policy, LIMIT, new SeededRandom(seed + 1))
    this.#people = new PeopleOnNodes(nodes, noCounts(), { loadOfOne, limit: LIMIT })
    this.#chance = chanceOf(seed)
    this.#fate = new SeededRandom(seed + 2)
    this.#present = new Uint8Array(workload.rooms)
    this.#target = new Int32Array(workload.rooms).fill(NOWHERE)
    this.#epoch = new Uint16Array(workload.rooms)
    this.#fleet = new SimulatedFleet({
      nodes,
      timeline: this.#timeline,
      policy: this.#policy,
      people: this.#people,
      rooms: this.#hosted,
      chance: this.#chance,
      fate: this.#fate,
    })
  }

  run(): Omit<Outcome, 'tookMs'> {
    this.#planDay()
    this.#timeline.run({ ...this.#handlers, ...this.#fleet.handlers })
    const { counts, loadOfOne } = this.#people
    this.#people.countIn(noCounts(), this.#timeline.now)
    return { policy: this.#options.policy, counts, samples: this.#samples, loadOfOne, events: this.#timeline.events }
  }

  #planDay(): void {
    const { workload, nodes } = this.#options
    const dayBegins = WARM_UP_MINUTES * TICKS_PER_MINUTE
    for (let room = 0; room < workload.rooms; room += 1) this.#timeline.at(workload.beginTick[room] ?? 0, 'place', room)
    for (let minute = 0; minute < ALL_MINUTES; minute += 1)
      this.#timeline.at(minute * TICKS_PER_MINUTE, 'minute', minute)
    for (let death = 0; death < nodes * DEATHS_A_DAY; death += 1) {
      this.#timeline.at(dayBegins + this.#fate.below(DAY_MINUTES * TICKS_PER_MINUTE), 'die', 0)
    }
    this.#timeline.at(dayBegins + 60 * DISASTER_HOUR * TICKS_PER_MINUTE, 'disaster', 0)
  }

  readonly #handlers: Handlers<Exclude<Kind, keyof SimulatedFleet['handlers']>> = {
    place: (room) => this.#place(room),
    arrive: (room, epoch, now) => {
      if (this.#epoch[room] === epoch) this.#arrive(room, now)
    },
    join: (room, people, now) => this.#change(room, people, now),
    leave: (room, people, now) => this.#change(room, -people, now),
    end: (room, _, now) => {
      this.#change(room, -(this.#present[room] ?? 0), now)
      this.#leaveHost(room, now)
      this.#noLongerExpected(room)
      this.#epoch[room] = OVER
    },
    move: (room, lost) => this.#move(room, this.#fleet.at(lost)),
    abandon: (room) => this.#noLongerExpected(room),
    minute: (minute, _, now) => this.#minute(minute, now),
  }

  #place(room: number): void {
    const node = this.#choose(room)
    this.#people.counts[node === undefined ? 'refused' : 'placed'] += 1
    if (node !== undefined) this.#send(room, node, ARRIVAL_SECONDS)
  }

  #choose(room: number): FleetNode | undefined {
    const region = REGIONS[this.#options.workload.region[room] ?? 0] ?? ''
    const node = this.#policy.choose(region)
    if (node === undefined) return undefined
    const { counts } = this.#people
    if (node.region !== region) counts.outsideRegion += 1
    if (this.#people.loadOf(node) + RESERVED_LOAD * node.expected >= LIMIT) counts.overLimit += 1
    return node
  }

  /** Its people connect there after some while; or nobody does. */
  #send(room: number, node: FleetNode, seconds: { readonly least: number; readonly most: number }): void {
    this.#target[room] = node.index
    node.expected += 1
    const epoch = (this.#epoch[room] ?? 0) + 1
    this.#epoch[room] = epoch
    const isAbandoned = this.#options.workload.size[room] === 0
    if (isAbandoned) this.#timeline.after(RESERVATION_TTL_MS / 1_000, 'abandon', room)
    else this.#timeline.after(between(seconds, this.#chance(room, epoch)), 'arrive', room, epoch)
  }

  #arrive(room: number, now: number): void {
    const node = this.#fleet.at(this.#target[room])
    if (node === undefined) return
    if (node.state === 'dead') {
      this.#people.counts.moved['dead on arrival'] += 1
      this.#noLongerExpected(room)
      this.#timeline.after(noticedAfter(node), 'move', room, node.index)
      return
    }
    this.#leaveHost(room, now)
    if (this.#present[room] === 0) this.#begin(room, now)
    this.#hosted.add(room, node.index)
    this.#people.change(node, this.#present[room] ?? 0, now)
    this.#noLongerExpected(room)
    if (this.#policy.youngSeconds > 0) {
      node.young += 1
      this.#timeline.after(this.#policy.youngSeconds, 'aged', node.index)
    }
    if (node.state === 'draining') this.#timeline.after(MOVE_SECONDS.least, 'move', room, node.index)
  }

  /** One is there; the others follow within minutes, half of them go a little early and the rest at once. */
  #begin(room: number, now: number): void {
    const { workload } = this.#options
    const size = workload.size[room] ?? 1
    const soon = Math.ceil((size - 1) * JOINED_SOON)
    const early = Math.floor(size / 2)
    const left = Math.max(2 * SETTLED_SECONDS, ((workload.endTick[room] ?? 0) - now) / TICKS_PER_SECOND)
    const endsEarly = left - LEFT_EARLY_SECONDS * this.#chance(room, 'early')
    this.#present[room] = 1
    this.#timeline.after(between(SOON_SECONDS, this.#chance(room, 'soon')), 'join', room, soon)
    const later = between({ least: SOON_SECONDS.most, most: SETTLED_SECONDS }, this.#chance(room, 'later'))
    this.#timeline.after(later, 'join', room, size - 1 - soon)
    this.#timeline.after(endsEarly, 'leave', room, early)
    this.#timeline.after(left, 'end', room)
  }

  #change(room: number, by: number, now: number): void {
    if (by === 0) return
    this.#present[room] = (this.#present[room] ?? 0) + by
    const host = this.#fleet.at(this.#hosted.hostOf(room))
    if (host === undefined) return
    this.#people.change(host, by, now)
    this.#fleet.reportSoon(host)
  }

  #leaveHost(room: number, now: number): void {
    const host = this.#fleet.at(this.#hosted.hostOf(room))
    if (host === undefined) return
    this.#people.change(host, -(this.#present[room] ?? 0), now)
    this.#hosted.remove(room)
    this.#fleet.reportSoon(host)
    this.#fleet.stopIfEmpty(host)
  }

  /** It has come to the media node that it was given, or it will not. */
  #noLongerExpected(room: number): void {
    const node = this.#fleet.at(this.#target[room])
    this.#target[room] = NOWHERE
    if (node === undefined) return
    node.expected -= 1
    node.opened += 1
    this.#fleet.reportSoon(node)
    this.#fleet.stopIfEmpty(node)
  }

  /** Its media node is `lost` to it, because it died or drains. */
  #move(room: number, lost: FleetNode | undefined): void {
    if (this.#epoch[room] === OVER || this.#target[room] !== NOWHERE) return
    const host = this.#fleet.at(this.#hosted.hostOf(room))
    if (host !== undefined && host.state !== 'draining') return
    if (lost?.state === 'dead' && lost.refuses) this.#policy.gone(lost)
    const node = this.#choose(room)
    if (node === undefined) {
      this.#people.counts.refusedMoves += 1
      this.#timeline.after(ASK_AGAIN_SECONDS, 'move', room, lost?.index)
      return
    }
    this.#people.counts.moved[host === undefined ? 'died' : 'drained'] += 1
    this.#send(room, node, MOVE_SECONDS)
  }

  #minute(minute: number, now: number): void {
    if (minute === WARM_UP_MINUTES) this.#people.countIn(noCounts(), now)
    this.#fleet.scale()
    const ofDay = minute - WARM_UP_MINUTES
    if (ofDay < 0) return
    const sample = this.#people.sample(ofDay)
    this.#samples.push(sample)
    this.#people.counts.nodeTicks += TICKS_PER_MINUTE * sample.nodes
    if (ofDay % 60 === 0) this.#options.onHour(ofDay / 60)
  }
}
