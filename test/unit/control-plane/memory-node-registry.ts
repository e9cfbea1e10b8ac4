import { chooseMediaNode } from '../../../control-plane/choose-media-node.ts'
import type { Clock } from '../../../shared/clock.ts'
import {
  type AliveNode,
  type Choice,
  type FleetRegistry,
  type HeartbeatAnswer,
  type KnownNode,
  MAX_PENDING_COMMANDS,
  NODE_MEMORY_MS,
  NODE_TTL_MS,
  type NodeCommand,
  type NodeReport,
  RESERVATION_TTL_MS,
  type WantedPlace,
} from '../../../shared/node-registry/node-registry.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'

type Heard = {
  readonly report: NodeReport
  readonly at: number
  /** When the reservation of each room runs out. */
  readonly reserved: Map<string, number>
  /** The same of those that count as load. */
  readonly firm: Map<string, number>
}

/** A node registry in memory, kept to the same contract as the real one, that can be sent away and come back empty. */
export class MemoryNodeRegistry implements FleetRegistry {
  readonly #heard = new Map<string, Heard>()
  readonly #waiting = new Map<string, NodeCommand[]>()
  readonly #clock: Clock
  #away = false
  #expired = 0
  overflowed = 0
  /** Calls that came while it was there or away. */
  calls = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  goAway(): void {
    this.#away = true
  }

  comeBack(): void {
    this.#away = false
  }

  /** As a Redis that keeps nothing on disk is after a restart. */
  loseEverything(): void {
    this.#heard.clear()
    this.#waiting.clear()
  }

  async heartbeat(report: NodeReport): Promise<HeartbeatAnswer> {
    this.#answering()
    const now = this.#clock.now()
    for (const [nodeId, { at }] of this.#heard) {
      if (now - at >= NODE_MEMORY_MS) this.#heard.delete(nodeId)
    }
    const before = this.#heard.get(report.nodeId)
    const reserved = new Map(before?.reserved)
    for (const roomId of report.openedRooms) reserved.delete(roomId)
    for (const [roomId, until] of reserved) {
      if (until > now) continue
      reserved.delete(roomId)
      this.#expired += 1
    }
    const stillFirm = [...(before?.firm ?? [])].filter(([roomId, until]) => until > now && reserved.has(roomId))
    const firm = new Map(stillFirm)
    const load = Math.min(1, Math.max(0, report.load))
    this.#heard.set(report.nodeId, { report: { ...report, load }, at: now, reserved, firm })
    const commands = this.#waiting.get(report.nodeId) ?? []
    this.#waiting.delete(report.nodeId)
    return { commands, wasAlive: before !== undefined && now - before.at < NODE_TTL_MS }
  }

  async stillAlive(nodeId: string): Promise<boolean> {
    this.#answering()
    const [heard, now] = [this.#heard.get(nodeId), this.#clock.now()]
    if (heard === undefined || now - heard.at >= NODE_TTL_MS) return false
    this.#heard.set(nodeId, { ...heard, at: now })
    return true
  }

  async leave(nodeId: string): Promise<void> {
    this.#answering()
    this.#heard.delete(nodeId)
    this.#waiting.delete(nodeId)
  }

  async alive(): Promise<readonly AliveNode[]> {
    this.#answering()
    return this.#known(NODE_TTL_MS)
  }

  async find(nodeId: string): Promise<KnownNode | undefined> {
    this.#answering()
    return this.#known(NODE_MEMORY_MS).find((node) => node.nodeId === nodeId)
  }

  async reserve({ roomId, region, limit, firm }: WantedPlace): Promise<Choice<AliveNode>> {
    this.#answering()
    const choice = chooseMediaNode({ candidates: this.#known(NODE_MEMORY_MS), region, limit })
    if (!choice.node) return choice
    const heard = this.#heard.get(choice.node.nodeId)
    heard?.reserved.set(roomId, this.#clock.now() + RESERVATION_TTL_MS)
    if (firm) heard?.firm.set(roomId, this.#clock.now() + RESERVATION_TTL_MS)
    const counts = { reservations: heard?.reserved.size ?? 0, firmReservations: heard?.firm.size ?? 0 }
    return { ...choice, node: { ...choice.node, ...counts } }
  }

  async release(nodeId: string, roomId: string): Promise<void> {
    this.#answering()
    this.#heard.get(nodeId)?.reserved.delete(roomId)
    this.#heard.get(nodeId)?.firm.delete(roomId)
  }

  async suspect(nodeId: string, foundDeadMsAgo: number): Promise<boolean> {
    this.#answering()
    const heard = this.#heard.get(nodeId)
    if (!heard || this.#clock.now() - heard.at < foundDeadMsAgo) return false
    return this.#heard.delete(nodeId)
  }

  async expiredReservations(): Promise<number> {
    this.#answering()
    return this.#expired
  }

  async send(nodeId: string, command: NodeCommand): Promise<void> {
    this.#answering()
    const waiting = [...(this.#waiting.get(nodeId) ?? []), command]
    this.overflowed += Math.max(0, waiting.length - MAX_PENDING_COMMANDS)
    this.#waiting.set(nodeId, waiting.slice(-MAX_PENDING_COMMANDS))
  }

  async ping(): Promise<void> {
    this.#answering()
  }

  async close(): Promise<void> {
    this.#away = true
  }

  #known(ttlMs: number): readonly KnownNode[] {
    return [...this.#heard.values()]
      .map(({ report: { openedRooms, ...report }, at, reserved, firm }) => ({
        ...report,
        ageMs: this.#clock.now() - at,
        reservations: reserved.size,
        firmReservations: firm.size,
      }))
      .filter(({ ageMs }) => ageMs < ttlMs)
      .sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1))
  }

  #answering(): void {
    this.calls += 1
    if (this.#away) throw new CallError('unavailable', 'The node registry cannot be reached.')
  }
}
