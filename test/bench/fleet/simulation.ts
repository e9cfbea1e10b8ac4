import { NODE_TTL_MS, RESERVATION_TTL_MS, RESERVED_LOAD } from '../../../shared/node-registry/node-registry.ts'
import { SeededRandom } from '../../seeded-random.ts'
import type { BalanceSample } from './balance.ts'
import { EventQueue } from './event-queue.ts'
import { type FleetNode, fleetNode } from './fleet-node.ts'
import { fleetSize } from './fleet-size.ts'
import { type Counts, type MoveCause, noCounts, type Outcome } from './outcome.ts'
import { PeopleOnNodes } from './people-on-nodes.ts'
import { type Policy, type PolicyName, policyOf } from './policies.ts'
import { RoomLists } from './room-lists.ts'
import {
  ARRIVAL_SECONDS,
  ASK_AGAIN_SECONDS,
  BOOT_SECONDS,
  DEATHS_A_DAY,
  DISASTER_HOUR,
  DISASTER_PART,
  DRAIN_SECONDS,
  LIMIT,
  MOVE_SECONDS,
  REFUSAL_NOTICED_SECONDS,
  REPAIR_MINUTES,
  TARGET_LOAD,
} from './scenario.ts'
import { taken } from './taken.ts'
import {
  ALL_MINUTES,
  DAY_MINUTES,
  REGIONS,
  TICK_MS,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  WARM_UP_MINUTES,
  type Workload,
} from './workload.ts'

/** In place of an epoch, of a room that is over. */
const NONE = 65_535

const KINDS = [
  ...['place', 'arrive', 'join', 'leave', 'end', 'move', 'abandon'],
  ...['report', 'aged', 'up', 'stale', 'repaired', 'die', 'disaster', 'minute'],
] as const
type Kind = (typeof KINDS)[number]

/** Each a number of its own, beyond any epoch that occurs. */
const CHANCES = { soon: 60_001, later: 60_002, early: 60_003, notice: 60_004, drain: 60_005 } as const

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
  const simulation = new Simulation(options)
  const outcome = simulation.run()
  return { ...outcome, tookMs: performance.now() - startedAt }
}

class Simulation {
  readonly #options: SimulationOptions
  readonly #workload: Workload
  readonly #queue = new EventQueue(ALL_MINUTES * TICKS_PER_MINUTE)
  readonly #nodes: readonly FleetNode[]
  readonly #rooms: RoomLists
  readonly #policy: Policy
  readonly #people: PeopleOnNodes
  readonly #loadOfOne: number
  /** Of what happens to the fleet; the same for all policies. */
  readonly #fate: SeededRandom
  readonly #samples: BalanceSample[] = []
  /** People in each room, counted while it lasts. */
  readonly #present: Uint8Array
  /** The media node that a room was given and has not come to. */
  readonly #target: Int32Array
  /** How often a room was placed; `NONE` when it is over. */
  readonly #epoch: Uint16Array
  #counts: Counts = noCounts()
  #events = 0

  constructor(options: SimulationOptions) {
    const { workload, nodes, seed, policy } = options
    this.#options = options
    this.#workload = workload
    this.#nodes = Array.from({ length: nodes }, (_, index) => fleetNode(index))
    const strength = this.#nodes.reduce((sum, node) => sum + node.strength, 0)
    this.#loadOfOne = (TARGET_LOAD * strength) / REGIONS.length / workload.peak
    this.#rooms = new RoomLists(nodes, workload.rooms)
    this.#policy = policyOf(policy, LIMIT, new SeededRandom(seed + 1))
    this.#people = new PeopleOnNodes(this.#nodes, this.#counts, { loadOfOne: this.#loadOfOne, limit: LIMIT })
    this.#fate = new SeededRandom(seed + 2)
    this.#present = new Uint8Array(workload.rooms)
    this.#target = new Int32Array(workload.rooms).fill(-1)
    this.#epoch = new Uint16Array(workload.rooms)
  }

  run(): Omit<Outcome, 'tookMs'> {
    const { workload, nodes, policy } = this.#options
    for (let room = 0; room < workload.rooms; room += 1) this.#at(workload.beginTick[room] ?? 0, 'place', room)
    for (let minute = 0; minute < ALL_MINUTES; minute += 1) this.#at(minute * TICKS_PER_MINUTE, 'minute', minute)
    const deaths = Math.ceil(nodes * DEATHS_A_DAY)
    for (let death = 0; death < deaths; death += 1) {
      this.#at(WARM_UP_MINUTES * TICKS_PER_MINUTE + this.#fate.below(DAY_MINUTES * TICKS_PER_MINUTE), 'die', 0)
    }
    this.#at((WARM_UP_MINUTES + 60 * DISASTER_HOUR) * TICKS_PER_MINUTE, 'disaster', 0)
    const handlers = KINDS.map((kind) => this.#handlers[kind])
    this.#queue.run((kind, subject, detail, now) => {
      this.#events += 1
      handlers[kind]?.(subject, detail, now)
    })
    this.#people.countIn(noCounts(), this.#queue.now)
    const [counts, samples, loadOfOne, events] = [this.#counts, this.#samples, this.#loadOfOne, this.#events]
    return { policy, counts, samples, loadOfOne, events }
  }

  readonly #handlers: Readonly<Record<Kind, (subject: number, detail: number, now: number) => void>> = {
    place: (room) => {
      const node = this.#choose(room)
      if (node === undefined) {
        this.#counts.refused += 1
        return
      }
      this.#counts.placed += 1
      this.#send(room, node, ARRIVAL_SECONDS)
    },
    arrive: (room, epoch, now) => {
      if (this.#epoch[room] === epoch) this.#arrive(room, now)
    },
    join: (room, people, now) => this.#change(room, people, now),
    leave: (room, people, now) => this.#change(room, -people, now),
    end: (room, _, now) => {
      this.#change(room, -(this.#present[room] ?? 0), now)
      this.#leaveHost(room, now)
      this.#giveUp(room)
      this.#epoch[room] = NONE
    },
    move: (room, lost) => this.#move(room, this.#nodes[lost]),
    abandon: (room) => this.#giveUp(room),
    report: (index) => this.#report(index),
    aged: (index) => {
      const node = this.#nodes[index]
      if (node === undefined || node.young === 0) return
      node.young -= 1
      this.#reportSoon(node)
    },
    up: (index, _, now) => {
      const node = this.#nodes[index]
      if (node === undefined) return
      node.reset()
      node.changedAt = now
      node.state = 'on'
      this.#policy.heard(node)
    },
    stale: (index) => {
      const node = this.#nodes[index]
      if (node?.state === 'dead') this.#policy.gone(node)
    },
    repaired: (index) => {
      const node = this.#nodes[index]
      if (node?.state === 'dead') node.state = 'off'
    },
    die: (_subject, _detail, now) => this.#die(taken(this.#inState('on'), this.#fate), now),
    disaster: (_subject, _detail, now) => {
      const on = this.#inState('on')
      for (let left = Math.ceil(on.length * DISASTER_PART); left > 0; left -= 1) this.#die(taken(on, this.#fate), now)
    },
    minute: (minute, _, now) => this.#minute(minute, now),
  }

  #choose(room: number): FleetNode | undefined {
    const region = REGIONS[this.#workload.region[room] ?? 0] ?? ''
    const node = this.#policy.choose(region)
    if (node === undefined) return undefined
    if (node.region !== region) this.#counts.outsideRegion += 1
    if (this.#people.loadOf(node) + RESERVED_LOAD * node.expected >= LIMIT) this.#counts.overLimit += 1
    return node
  }

  /** Its people connect there after some while between these seconds; or nobody does. */
  #send(room: number, node: FleetNode, seconds: { readonly least: number; readonly most: number }): void {
    this.#target[room] = node.index
    node.expected += 1
    const epoch = (this.#epoch[room] ?? 0) + 1
    this.#epoch[room] = epoch
    const isAbandoned = this.#workload.size[room] === 0
    if (isAbandoned) this.#after(RESERVATION_TTL_MS / 1_000, 'abandon', room)
    else this.#after(between(seconds, this.#chance(room, epoch)), 'arrive', room, epoch)
  }

  #arrive(room: number, now: number): void {
    const node = this.#nodes[this.#target[room] ?? -1]
    if (node === undefined) return
    if (node.state !== 'on' && node.state !== 'draining') {
      this.#target[room] = -1
      node.expected -= 1
      this.#counts.moved['dead on arrival'] += 1
      this.#after(noticedAfter(node), 'move', room, node.index)
      return
    }
    this.#leaveHost(room, now)
    this.#giveUp(room)
    if (this.#present[room] === 0) this.#begin(room, now)
    this.#rooms.add(room, node.index)
    this.#people.change(node, this.#present[room] ?? 0, now)
    if (this.#policy.youngSeconds > 0) {
      node.young += 1
      this.#after(this.#policy.youngSeconds, 'aged', node.index)
    }
    if (node.state === 'draining') this.#after(0.5, 'move', room, node.index)
  }

  /** One is there; the others follow within minutes, and go one after the other. */
  #begin(room: number, now: number): void {
    const [size, ends] = [this.#workload.size[room] ?? 1, this.#workload.endTick[room] ?? 0]
    this.#present[room] = 1
    const soon = Math.ceil((size - 1) * 0.7)
    const later = size - 1 - soon
    if (soon > 0) this.#after(5 + 55 * this.#chance(room, CHANCES.soon), 'join', room, soon)
    if (later > 0) this.#after(60 + 60 * this.#chance(room, CHANCES.later), 'join', room, later)
    const left = (ends - now) / TICKS_PER_SECOND
    const early = Math.floor(size / 2)
    if (early > 0) this.#after(Math.max(125, left - 60 * this.#chance(room, CHANCES.early)), 'leave', room, early)
    this.#after(Math.max(130, left), 'end', room)
  }

  #change(room: number, by: number, now: number): void {
    this.#present[room] = (this.#present[room] ?? 0) + by
    const host = this.#nodes[this.#rooms.hostOf(room) ?? -1]
    if (host === undefined) return
    this.#people.change(host, by, now)
    this.#reportSoon(host)
  }

  #leaveHost(room: number, now: number): void {
    const host = this.#nodes[this.#rooms.hostOf(room) ?? -1]
    if (host === undefined) return
    this.#people.change(host, -(this.#present[room] ?? 0), now)
    this.#rooms.remove(room)
    this.#reportSoon(host)
    this.#stopIfEmpty(host)
  }

  /** The room is no longer on its way: it has come, or it will not. */
  #giveUp(room: number): void {
    const node = this.#nodes[this.#target[room] ?? -1]
    this.#target[room] = -1
    if (node === undefined) return
    node.expected -= 1
    node.opened += 1
    this.#reportSoon(node)
    this.#stopIfEmpty(node)
  }

  #move(room: number, lost: FleetNode | undefined): void {
    if (this.#epoch[room] === NONE || this.#target[room] !== -1) return
    const host = this.#nodes[this.#rooms.hostOf(room) ?? -1]
    if (host !== undefined && host.state !== 'draining') return
    if (lost?.state === 'dead' && lost.refuses) this.#policy.gone(lost)
    const node = this.#choose(room)
    if (node === undefined) {
      this.#counts.refusedMoves += 1
      this.#after(ASK_AGAIN_SECONDS, 'move', room, lost?.index)
      return
    }
    this.#counts.moved[causeOf(host)] += 1
    this.#send(room, node, MOVE_SECONDS)
  }

  #reportSoon(node: FleetNode): void {
    if (node.reportsSoon) return
    node.reportsSoon = true
    const ticks = (node.phase - (this.#queue.now % TICKS_PER_SECOND) + TICKS_PER_SECOND) % TICKS_PER_SECOND
    this.#queue.after(ticks || TICKS_PER_SECOND, KINDS.indexOf('report'), node.index)
  }

  #report(index: number): void {
    const node = this.#nodes[index]
    if (node === undefined || !node.reportsSoon) return
    node.reportsSoon = false
    if (node.state !== 'on') return
    node.load = Math.min(1, this.#people.loadOf(node) + RESERVED_LOAD * node.young)
    node.reservations = Math.max(0, node.reservations - node.opened)
    node.opened = 0
    this.#policy.heard(node)
  }

  #die(node: FleetNode | undefined, now: number): void {
    if (node === undefined) return
    this.#counts.nodeDeaths += 1
    node.state = 'dead'
    node.refuses = this.#fate.next() < 0.5
    const rooms = this.#rooms.roomsOn(node.index)
    for (const room of rooms) {
      this.#people.change(node, -(this.#present[room] ?? 0), now)
      this.#rooms.remove(room)
      this.#after(noticedAfter(node) + this.#chance(room, CHANCES.notice), 'move', room, node.index)
    }
    this.#after(NODE_TTL_MS / 1_000 - this.#fate.next(), 'stale', node.index)
    this.#after(60 * REPAIR_MINUTES, 'repaired', node.index)
  }

  #drain(node: FleetNode): void {
    this.#counts.drained += 1
    node.state = 'draining'
    node.draining = true
    this.#policy.gone(node)
    for (const room of this.#rooms.roomsOn(node.index)) {
      this.#after(DRAIN_SECONDS * this.#chance(room, CHANCES.drain), 'move', room, node.index)
    }
    this.#stopIfEmpty(node)
  }

  #stopIfEmpty(node: FleetNode): void {
    if (node.state !== 'draining' || node.expected > 0 || !this.#rooms.isEmpty(node.index)) return
    node.state = 'off'
  }

  /** Counts, and has the fleet follow how many people there are. */
  #minute(minute: number, now: number): void {
    if (minute === WARM_UP_MINUTES) {
      this.#counts = noCounts()
      this.#people.countIn(this.#counts, now)
    }
    for (const region of REGIONS) this.#scale(region)
    if (minute < WARM_UP_MINUTES) return
    this.#samples.push(this.#people.sample(minute - WARM_UP_MINUTES))
    this.#counts.nodeTicks += TICKS_PER_MINUTE * this.#inState('on').length
    if ((minute - WARM_UP_MINUTES) % 60 === 0) this.#options.onHour((minute - WARM_UP_MINUTES) / 60)
  }

  #scale(region: string): void {
    const nodes = this.#nodes.filter((node) => node.region === region)
    const { start, drain } = fleetSize(nodes, this.#loadOfOne, this.#fate)
    for (const node of start) {
      this.#counts.booted += 1
      node.state = 'booting'
      this.#after(between(BOOT_SECONDS, this.#fate.next()), 'up', node.index)
    }
    for (const node of drain) this.#drain(node)
  }

  #inState(state: FleetNode['state']): FleetNode[] {
    return this.#nodes.filter((node) => node.state === state)
  }

  #at(tick: number, kind: Kind, subject: number): void {
    this.#queue.after(tick, KINDS.indexOf(kind), subject)
  }

  #after(seconds: number, kind: Kind, subject: number, detail = 0): void {
    this.#queue.after(Math.max(1, Math.round((1_000 * seconds) / TICK_MS)), KINDS.indexOf(kind), subject, detail)
  }

  /** Of this room at this event, whatever the policy and the order of events. */
  #chance(room: number, event: number): number {
    return new SeededRandom(this.#options.seed ^ Math.imul(room + 1, 0x9e3779b1) ^ Math.imul(event, 0x85ebca6b)).next()
  }
}

function causeOf(host: FleetNode | undefined): MoveCause {
  return host === undefined ? 'died' : 'drained'
}

function noticedAfter({ refuses }: FleetNode): number {
  return refuses ? REFUSAL_NOTICED_SECONDS : NODE_TTL_MS / 1_000
}

function between({ least, most }: { readonly least: number; readonly most: number }, part: number): number {
  return least + part * (most - least)
}
