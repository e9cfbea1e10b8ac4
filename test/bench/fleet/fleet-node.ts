import { type Indexed, NOWHERE } from './load-index.ts'
import { STRONG, STRONG_PART } from './scenario.ts'
import { REGIONS, TICKS_PER_SECOND } from './workload.ts'

/** `off`: not started. `dead`: nobody answers there, and the registry may not have noticed. */
export type NodeState = 'off' | 'booting' | 'on' | 'draining' | 'dead'

/** A media node as it really is, and as the control plane knows it: what `Candidate` says is of its last heartbeat. */
export class FleetNode implements Indexed {
  readonly index: number
  readonly nodeId: string
  readonly region: string
  /** How much stronger it is than the weakest. */
  readonly strength: number
  /** Its heartbeats come at these ticks of a second. */
  readonly phase: number
  state: NodeState = 'off'
  /** Killed rather than silent: whoever connects is refused. */
  refuses = false
  /** People on it, and since when there are so many. */
  people = 0
  changedAt = 0
  /** Rooms sent there that have not come yet. */
  expected = 0
  /** Rooms that came, or will not come any more, since its last heartbeat. */
  opened = 0
  /** Rooms that came less than five seconds ago. */
  young = 0
  /** Its next heartbeat says something new. */
  reportsSoon = false
  load = 0
  draining = false
  readonly ageMs = 0
  reservations = 0
  place = NOWHERE
  poolPlace = NOWHERE

  constructor(given: { index: number; region: string; strength: number; phase: number }) {
    this.index = given.index
    this.nodeId = `node-${`${given.index}`.padStart(6, '0')}`
    this.region = given.region
    this.strength = given.strength
    this.phase = given.phase
  }

  /** All of them count as load: whoever makes a room here has a key. */
  get firmReservations(): number {
    return this.reservations
  }

  /** As it is when it has just been started. */
  reset(): void {
    Object.assign(this, { people: 0, expected: 0, opened: 0, young: 0, reportsSoon: false })
    Object.assign(this, { load: 0, draining: false, reservations: 0, refuses: false })
  }
}

/** The regions and the strengths by turns. */
export function fleetNode(index: number): FleetNode {
  const region = REGIONS[index % REGIONS.length] ?? REGIONS[0]
  const turn = Math.floor(index / REGIONS.length)
  const strength = turn % 10 < 10 * STRONG_PART ? STRONG : 1
  return new FleetNode({ index, region, strength, phase: (turn * 7) % TICKS_PER_SECOND })
}
