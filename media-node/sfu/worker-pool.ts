import type { Router, WebRtcServer, WebRtcTransport, Worker } from 'mediasoup/types'
import { answersInTime } from '../../shared/answers-in-time.ts'
import type { Clock } from '../../shared/clock.ts'
import { withDeadline } from '../../shared/deadline.ts'
import { logLife } from '../../shared/log-life.ts'
import type { Logger } from '../../shared/logging.ts'
import { CallError } from '../../shared/protocol/error-code.ts'
import { codecs } from './codecs.ts'
import type { SpawnedWorker, SpawnWorker } from './spawn-worker.ts'
import { createWebRtcServer, type MediaAddress } from './web-rtc-server.ts'
import type { Sender } from './worker-kills.ts'
import type { WorkerReport } from './worker-report.ts'
import { WorkerSenders } from './worker-senders.ts'

/** A worker that cannot be replaced at once, such as while its port is still taken, is tried again after this. */
const RETRY_MS = 1_000

/** A worker that says nothing for so long is stuck. */
const ANSWER_DEADLINE_MS = 2_000

/** A worker that does not end by itself within this is left to the operating system. */
const CLOSE_DEADLINE_MS = 2_000

/** A new router on its worker. */
export type RouterHome = {
  readonly router: Router
  /** Through which the router's WebRtcTransports are reached. */
  readonly webRtcServer: WebRtcServer
  /** Says whose a transport is, so that it is known who made the worker die. */
  readonly claim: (transport: WebRtcTransport, sender: Sender) => void
}

export type WorkerPoolOptions = {
  readonly workers: number
  /** The first worker's; the next ones take the ports after it. */
  readonly address: MediaAddress
  readonly clock: Clock
  readonly logger: Logger
  readonly spawnWorker: SpawnWorker
  readonly died: () => void
  /** A worker died while it handled what somebody sent. */
  readonly killed: (sender: Sender) => void
  /** A worker gave up so many packets, requests or timers, which made it throw. */
  readonly gaveUp: (count: number) => void
}

/** What the workers themselves say they hold. `handlers` counts everything: routers, transports, producers, consumers… */
export type WorkersDump = { readonly workers: number; readonly routers: number; readonly handlers: number }

type RunningWorker = {
  readonly index: number
  readonly worker: Worker
  readonly webRtcServer: WebRtcServer
  /** Resolves when its process is gone. */
  readonly ended: Promise<void>
  readonly senders: WorkerSenders
  readonly logClosed: (reason: string) => void
  routers: number
  transports: number
}

/** One mediasoup worker for each core that media may use, each with its WebRtcServer; one that dies is replaced. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions
  readonly #running = new Map<number, RunningWorker>()
  readonly #retries = new Set<() => void>()
  #closed = false

  /** @throws SettingsError when a port is taken */
  static async create(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options)
    try {
      await Promise.all(Array.from({ length: options.workers }, (_, index) => pool.#start(index)))
      return pool
    } catch (error) {
      await pool.close()
      throw error
    }
  }

  private constructor(options: WorkerPoolOptions) {
    this.#options = options
  }

  /** Workers that run; fewer than asked for while one is being replaced. */
  get size(): number {
    return this.#running.size
  }

  /** Workers that should run. */
  get wanted(): number {
    return this.#options.workers
  }

  get complete(): boolean {
    return this.#running.size === this.wanted
  }

  /** Process ids, by which a test or an operator can find the workers. */
  get pids(): readonly number[] {
    return [...this.#running.values()].map(({ worker }) => worker.pid)
  }

  /**
   * Creates a router on the worker with the least to do; the caller owns it.
   *
   * @throws CallError `unavailable` when no worker runs
   */
  async createRouter(): Promise<RouterHome> {
    const running = leastLoaded(this.#running.values())
    if (running === undefined) throw new CallError('unavailable', 'No media worker is running.')
    running.routers += 1
    try {
      const router = await running.worker.createRouter({ mediaCodecs: codecs })
      router.observer.once('close', () => {
        running.routers -= 1
      })
      return {
        router,
        webRtcServer: running.webRtcServer,
        claim: (transport, sender) => running.senders.claim(running.worker, transport, sender),
      }
    } catch (cause) {
      running.routers -= 1
      throw new CallError('unavailable', 'The media worker did not make a router.', { cause })
    }
  }

  async dump(): Promise<WorkersDump> {
    const dumps = await this.#ask((worker) => worker.dump())
    return {
      workers: dumps.length,
      routers: dumps.reduce((sum, { routerIds }) => sum + routerIds.length, 0),
      handlers: dumps.reduce((sum, dump) => sum + dump.channelMessageHandlers.channelRequestHandlers.length, 0),
    }
  }

  /** Milliseconds of CPU that each running worker has used since its start, by process id. */
  async cpuTimes(): Promise<ReadonlyMap<number, number>> {
    const times = await this.#ask(async (worker): Promise<[number, number]> => {
      const { ru_utime, ru_stime } = await worker.getResourceUsage()
      return [worker.pid, ru_utime + ru_stime]
    })
    return new Map(times)
  }

  /** Ends the workers, and with them every router; resolves when their processes are gone. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const cancel of this.#retries) cancel()
    await Promise.all([...this.#running.values()].map((running) => this.#end(running)))
  }

  async #start(index: number): Promise<void> {
    const { address } = this.#options
    const senders = new WorkerSenders()
    const { worker, ended } = await this.#spawn(index, senders)
    try {
      const port = address.port === 0 ? 0 : address.port + index
      const webRtcServer = await createWebRtcServer(worker, { ...address, port })
      const logClosed = logLife(this.#options.logger, 'info', 'media worker', { worker: index, workerPid: worker.pid })
      this.#own({ index, worker, webRtcServer, ended, senders, logClosed, routers: 0, transports: 0 })
    } catch (error) {
      worker.close()
      throw error
    }
  }

  async #spawn(index: number, senders: WorkerSenders): Promise<SpawnedWorker> {
    const { spawnWorker, killed, logger } = this.#options
    const spawned = await spawnWorker((report) => this.#reported(index, report, senders.heard(report)))
    spawned.ended.then(() => {
      if (!spawned.worker.died || this.#closed) return
      if (senders.killer !== undefined) killed(senders.killer)
      else logger.warn({ worker: index }, 'it is not known what the media worker died of')
    })
    return spawned
  }

  #reported(index: number, { kind, count, why }: WorkerReport, sender: Sender | undefined): void {
    const { logger, gaveUp } = this.#options
    if (kind === 'dropped') gaveUp(count)
    const text = kind === 'dropped' ? 'a media worker gave up what made it throw' : 'a media worker crashes'
    logger.warn({ worker: index, ...sender, count, why }, text)
  }

  /** Keeps a worker that was started while awaiting; ends it if the pool closed meanwhile. */
  #own(running: RunningWorker): void {
    const { index, worker, webRtcServer, logClosed } = running
    if (this.#closed) {
      worker.close()
      logClosed('stopped')
      return
    }
    this.#running.set(index, running)
    worker.on('died', (error) => this.#died(index, error))
    webRtcServer.observer.on('webrtctransporthandled', (transport) => {
      running.transports += 1
      transport.observer.once('close', () => {
        running.transports -= 1
      })
    })
  }

  /** mediasoup has closed the dead worker's routers by now, and so their rooms have closed. */
  #died(index: number, error: Error): void {
    this.#running.delete(index)
    if (this.#closed) return
    this.#options.logger.error({ err: error, worker: index, reason: 'died' }, 'media worker closed')
    this.#options.died()
    this.#replace(index)
  }

  #replace(index: number): void {
    const { clock, logger } = this.#options
    this.#start(index).catch((error) => {
      logger.error({ err: error, worker: index }, 'a media worker could not be replaced; trying again')
      if (this.#closed) return
      const cancel = clock.after(RETRY_MS, () => {
        this.#retries.delete(cancel)
        this.#replace(index)
      })
      this.#retries.add(cancel)
    })
  }

  async #end({ worker, ended, logClosed }: RunningWorker): Promise<void> {
    logClosed('stopped')
    worker.close()
    const late = () => new Error('A media worker does not end.')
    await withDeadline(this.#options.clock, CLOSE_DEADLINE_MS, ended, late).catch((error) =>
      this.#options.logger.warn({ err: error }, 'a media worker is left behind'),
    )
  }

  /** Asks every running worker; one that dies or stays silent is left out. */
  #ask<T>(question: (worker: Worker) => Promise<T>): Promise<T[]> {
    const asked = [...this.#running.values()].map(({ worker }) => question(worker))
    return answersInTime(this.#options.clock, ANSWER_DEADLINE_MS, asked)
  }
}

/** Two transports come with each participant; a router that has none yet still counts, so that a burst spreads. */
function leastLoaded(running: Iterable<RunningWorker>): RunningWorker | undefined {
  return [...running].reduce<RunningWorker | undefined>(
    (least, next) => (least === undefined || weightOf(next) < weightOf(least) ? next : least),
    undefined,
  )
}

function weightOf({ routers, transports }: RunningWorker): number {
  return routers + transports
}
