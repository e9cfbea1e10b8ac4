import type { Clock } from '../../../shared/clock.ts'
import {
  type AliveNode,
  MAX_PENDING_COMMANDS,
  NODE_TTL_MS,
  type NodeCommand,
  type NodeRegistry,
  type NodeReport,
} from '../../../shared/node-registry/node-registry.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'

type Heard = { readonly report: NodeReport; readonly at: number }

/** A node registry in memory, kept to the same contract as the real one, that can be sent away. */
export class MemoryNodeRegistry implements NodeRegistry {
  readonly #heard = new Map<string, Heard>()
  readonly #waiting = new Map<string, NodeCommand[]>()
  readonly #clock: Clock
  #away = false
  overflowed = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  goAway(): void {
    this.#away = true
  }

  async heartbeat(report: NodeReport): Promise<readonly NodeCommand[]> {
    this.#answering()
    this.#heard.set(report.nodeId, { report, at: this.#clock.now() })
    const commands = this.#waiting.get(report.nodeId) ?? []
    this.#waiting.delete(report.nodeId)
    return commands
  }

  async leave(nodeId: string): Promise<void> {
    this.#answering()
    this.#heard.delete(nodeId)
    this.#waiting.delete(nodeId)
  }

  async alive(): Promise<readonly AliveNode[]> {
    this.#answering()
    return [...this.#heard.values()]
      .map(({ report, at }) => ({ ...report, ageMs: this.#clock.now() - at }))
      .filter(({ ageMs }) => ageMs < NODE_TTL_MS)
      .sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1))
  }

  async find(nodeId: string): Promise<AliveNode | undefined> {
    return (await this.alive()).find((node) => node.nodeId === nodeId)
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

  #answering(): void {
    if (this.#away) throw new CallError('unavailable', 'The node registry cannot be reached.')
  }
}
