import type { Clock } from '../shared/clock.ts'
import { type Logger, loggedRoom } from '../shared/logging.ts'
import {
  HEARTBEAT_INTERVAL_MS,
  type NodeCommand,
  type NodeRegistry,
  type NodeReport,
} from '../shared/node-registry/node-registry.ts'

export type HeartbeatOptions = {
  readonly registry: NodeRegistry
  readonly report: () => NodeReport
  /** The registry has heard this report. */
  readonly heard: (report: NodeReport) => void
  /** The registry had taken this media node for gone, so others may have taken over its rooms. */
  readonly forgotten: () => void
  readonly obey: (command: NodeCommand) => void
  readonly clock: Clock
  readonly logger: Logger
}

/** `starting` until the registry has answered once; what happens to it later does not concern running calls. */
export type RegistryState = 'starting' | 'reachable' | 'unreachable'

/** Tells the registry each second that this media node is alive, and does what it is asked. Never throws. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #state: RegistryState = 'starting'
  #everHeard = false
  #heardAt: number
  #beating: Promise<void> = Promise.resolve()
  #cancel: () => void = () => undefined
  #stopped = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#heardAt = options.clock.now()
  }

  get registry(): RegistryState {
    return this.#state
  }

  /** Whether the registry has ever heard of this media node. */
  get everHeard(): boolean {
    return this.#everHeard
  }

  /** Seconds since the registry last heard of this media node, or since the start. */
  get ageSeconds(): number {
    return (this.#options.clock.now() - this.#heardAt) / 1_000
  }

  /** Reports at once, and from then on at each interval. */
  start(): void {
    void this.#beatAndSchedule()
  }

  /** Reports at once. Beats follow one another, because each takes commands that must be taken once. */
  beat(): Promise<void> {
    this.#beating = this.#beating.then(() => this.#beat())
    return this.#beating
  }

  /** Reports no more and has the registry forget this media node. */
  async leave(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    this.#cancel()
    await this.#beating
    await this.#options.registry.leave(this.#options.report().nodeId).catch(() => undefined)
  }

  async #beatAndSchedule(): Promise<void> {
    await this.beat()
    if (this.#stopped) return
    this.#cancel = this.#options.clock.after(HEARTBEAT_INTERVAL_MS, () => void this.#beatAndSchedule())
  }

  async #beat(): Promise<void> {
    if (this.#stopped) return
    const { registry, report, heard, forgotten, obey, clock, logger } = this.#options
    try {
      const said = report()
      const { commands, wasAlive } = await registry.heartbeat(said)
      this.#heardAt = clock.now()
      this.#became('reachable')
      heard(said)
      if (!wasAlive) forgotten()
      for (const command of commands) {
        logger.info({ command: shownCommand(command) }, 'the control plane asks for something')
        obey(command)
      }
    } catch (error) {
      this.#became('unreachable', error)
    }
  }

  #became(state: 'reachable' | 'unreachable', error?: unknown): void {
    if (state === 'reachable') this.#everHeard = true
    if (state === this.#state) return
    this.#state = state
    if (state === 'reachable') this.#options.logger.info('the registry hears this media node')
    else this.#options.logger.error({ err: error }, 'the registry does not hear this media node; calls go on')
  }
}

/** As the log has it. */
function shownCommand(command: NodeCommand): object {
  if (!('roomId' in command)) return command
  const { roomId, ...rest } = command
  return { ...rest, room: loggedRoom(roomId) }
}
