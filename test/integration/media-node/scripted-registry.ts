import type {
  AliveNode,
  HeartbeatAnswer,
  NodeCommand,
  NodeRegistry,
  NodeReport,
} from '../../../shared/node-registry/node-registry.ts'
import { CallError } from '../../../shared/protocol/error-code.ts'

/** A node registry that remembers what it was told, hands out what the test puts in, and can be sent away. */
export class ScriptedRegistry implements NodeRegistry {
  readonly reports: NodeReport[] = []
  readonly left: string[] = []
  commands: NodeCommand[] = []
  away = false
  wasAlive = true
  #heard = Promise.withResolvers<NodeReport>()

  /** The next report that comes from now on, also one that comes in vain. */
  async nextReport(): Promise<NodeReport> {
    return await this.#heard.promise
  }

  async heartbeat(report: NodeReport): Promise<HeartbeatAnswer> {
    const heard = this.#heard
    this.#heard = Promise.withResolvers()
    setImmediate(() => heard.resolve(report))
    if (this.away) throw new CallError('unavailable', 'away')
    this.reports.push(report)
    return { commands: this.commands.splice(0), wasAlive: this.wasAlive }
  }

  async stillAlive(): Promise<boolean> {
    return this.wasAlive
  }

  async leave(nodeId: string): Promise<void> {
    this.left.push(nodeId)
  }

  async alive(): Promise<readonly AliveNode[]> {
    return []
  }

  async find(): Promise<undefined> {
    return undefined
  }

  async send(): Promise<void> {}
  async ping(): Promise<void> {}
  async close(): Promise<void> {}
}
