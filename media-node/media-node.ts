import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import manifest from '../package.json' with { type: 'json' }
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logging.ts'
import type { NodeRegistry, NodeReport } from '../shared/node-registry/node-registry.ts'
import { CallError } from '../shared/protocol/error-code.ts'
import type { RoomStore } from '../shared/room-store/room-store.ts'
import type { JoinGrant } from '../shared/token.ts'
import { type Certificate, followCertificate, readCertificate } from './certificate.ts'
import type { DrainEnd } from './drain.ts'
import { FleetMember, type FleetMemberOptions } from './fleet-member.ts'
import { createOperatorApp, createPublicApp } from './http.ts'
import { closeHttpServer, createHttpServer, limitSockets, listen } from './http-server.ts'
import { reportedLoad, YOUNG_ROOM_MS } from './load.ts'
import { LoadMeter } from './load-meter.ts'
import { type MediaPlane, startMediaPlane } from './media-plane.ts'
import type { Metrics } from './metrics.ts'
import type { NodeCounts } from './node-counts.ts'
import type { MediaNodeSettings } from './settings.ts'
import type { SpawnWorker } from './sfu/spawn-worker.ts'
import { createHandlers } from './signalling/handlers.ts'
import { JoinLimits } from './signalling/join-limits.ts'
import { NotificationTexts } from './signalling/notification-texts.ts'
import { Presences } from './signalling/presences.ts'
import { RequestBudgets } from './signalling/request-budgets.ts'
import { SignallingServer } from './signalling/signalling-server.ts'
import { signallingUrl } from './signalling/signalling-url.ts'
import { UsedTokens } from './signalling/used-tokens.ts'

/** Sockets beside those of signalling: what asks for `/health`, is refused, or sends no request. */
const PLAIN_SOCKETS = 1_000
const PLAIN_SOCKETS_PER_CALLER = 100

export type MediaNodeOptions = Pick<FleetMemberOptions, 'startStandIn'> & {
  readonly settings: MediaNodeSettings
  /** Stays its maker's to close. */
  readonly registry: NodeRegistry
  /** Where it is looked up whose rooms are; stays its maker's to close. */
  readonly roomStore: Pick<RoomStore, 'read'>
  /** Checks that a join token is good for the media node of this id. */
  readonly authorise: (token: string, nodeId: string) => Promise<JoinGrant>
  /** Counts besides what its maker counts; without it, metrics of its own. */
  readonly metrics?: Metrics
  readonly clock: Clock
  readonly logger: Logger
  /** Starts media workers; without it they are mediasoup's. */
  readonly spawnWorker?: SpawnWorker
}

/** One media node: composes and owns its parts. */
export class MediaNode {
  readonly #options: MediaNodeOptions
  readonly #media: MediaPlane
  readonly #server: Server
  readonly #operatorServer: Server
  readonly #signalling: SignallingServer
  readonly #presences: Presences
  readonly #meter: LoadMeter
  readonly #member: FleetMember
  readonly #startedAt: number
  readonly #unfollowCertificate: () => void
  #port = 0
  #metricsPort = 0
  #closing: Promise<void> | undefined

  /** @throws SettingsError when a port is taken, the certificate cannot be used, or the worker is not fit for others */
  static async start(options: MediaNodeOptions): Promise<MediaNode> {
    const { HOST, PORT, METRICS_HOST, METRICS_PORT, TLS_FOLDER } = options.settings
    const certificate = TLS_FOLDER === undefined ? undefined : await readCertificate(TLS_FOLDER)
    const node = new MediaNode(options, await startMediaPlane(options), certificate)
    try {
      const operators = { host: METRICS_HOST, port: METRICS_PORT, settings: 'METRICS_' } as const
      node.#metricsPort = await listen(node.#operatorServer, operators)
      node.#port = await listen(node.#server, { host: HOST, port: PORT, settings: '' })
      node.#member.start()
      return node
    } catch (error) {
      await node.close()
      throw error
    }
  }

  private constructor(options: MediaNodeOptions, media: MediaPlane, certificate: Certificate | undefined) {
    const { clock, logger } = options
    const folder = options.settings.TLS_FOLDER
    const { metrics, pool, rooms, nodeId } = media
    this.#options = options
    this.#media = media
    this.#startedAt = clock.now()
    this.#meter = new LoadMeter({
      workerCpuTimes: () => pool.cpuTimes(),
      laneCpuTimes: () => media.captions.cpuTimes(),
      participants: () => rooms.participants,
      rooms: () => rooms.size,
      limits: { maxParticipants: options.settings.MAX_PARTICIPANTS, maxRooms: options.settings.MAX_ROOMS },
      clock,
    })
    this.#member = new FleetMember({ ...options, nodeId, rooms, report: () => this.#report() })
    const registry = () => this.#member.registry
    this.#server = createHttpServer(createPublicApp({ nodeId, ready: () => this.ready, registry, logger }), certificate)
    this.#operatorServer = createHttpServer(
      createOperatorApp({
        stats: () => this.stats(),
        metrics: () => this.metrics(),
        metricsType: metrics.contentType,
        clock,
        logger,
      }),
    )
    this.#unfollowCertificate =
      folder === undefined || certificate === undefined
        ? () => {}
        : followCertificate({ server: this.#server, folder, certificate, clock, logger })
    this.#presences = new Presences({
      handlers: createHandlers(media.captionsInRooms),
      captions: media.captionsInRooms,
      // Of 256 bits.
      newResumeToken: () => randomBytes(32).toString('base64url'),
      budgets: new RequestBudgets(clock),
      metrics: metrics.signalling,
      clock,
      logger,
    })
    this.#signalling = startSignalling(this.#server, options, {
      media,
      presences: this.#presences,
      drained: () => this.#member.drained,
    })
    metrics.watch({
      counts: () => this.counts(),
      load: () => this.#meter.load,
      draining: () => this.draining,
      heartbeatAgeSeconds: () => this.#member.heartbeatAgeSeconds,
      workersWanted: pool.wanted,
      lanesWanted: media.captions.lanesWanted,
      engines: () => media.captions.engines(),
    })
  }

  get nodeId(): string {
    return this.#media.nodeId
  }

  /** The port it listens on. */
  get port(): number {
    return this.#port
  }

  /** The port of `/metrics` and `/stats`. */
  get metricsPort(): number {
    return this.#metricsPort
  }

  /** Process ids of the media workers. */
  get workerPids(): readonly number[] {
    return this.#media.pool.pids
  }

  get draining(): boolean {
    return this.#closing !== undefined || this.#member.draining
  }

  /** Whether participants may come. An unreachable registry does not change it: rooms that are here can be joined. */
  get ready(): boolean {
    return !this.draining && this.#member.everHeard && this.#media.pool.complete
  }

  counts(): NodeCounts {
    const { pool, rooms, captions } = this.#media
    const { lanes, streams, decoders, recognisers } = captions.counts()
    return {
      connections: this.#signalling.connections,
      workers: pool.size,
      rooms: rooms.size,
      ...rooms.counts(),
      suspendedParticipants: this.#presences.suspended,
      captionLanes: lanes,
      captionStreams: streams,
      captionDecoders: decoders,
      captionRecognisers: recognisers,
    }
  }

  /** What this process counts, and beside it what the media workers themselves say they hold. */
  async stats(): Promise<object> {
    const { pool, rooms, nodeId } = this.#media
    const [workers, dump] = await Promise.all([pool.dump(), rooms.dump()])
    return {
      nodeId,
      region: this.#options.settings.REGION,
      version: manifest.version,
      uptimeSeconds: Math.floor((this.#options.clock.now() - this.#startedAt) / 1_000),
      draining: this.draining,
      registry: this.#member.registry,
      heartbeatAgeSeconds: this.#member.heartbeatAgeSeconds,
      load: this.#meter.load,
      counts: this.counts(),
      mediasoup: { ...workers, ...dump },
    }
  }

  /** All that it counts, in Prometheus' text format. */
  metrics(): Promise<string> {
    return this.#media.metrics.text()
  }

  /** Lets calls move to other media nodes until the deadline. Resolves when nobody is left; `close` is still to come. */
  retire(deadlineMs: number): Promise<DrainEnd> {
    return this.#member.retire(deadlineMs)
  }

  /** Says that it is draining, tells the participants, and frees everything. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { captions, meter, pool, rooms, transcripts, translator } = this.#media
    const { clock, settings } = this.#options
    const endsAt = clock.now() + settings.STOP_DEADLINE_MS
    if (this.#port !== 0) await this.#member.announceEnd()
    rooms.close('draining')
    // The other half of the time is for all that follows. The journal stores the last words, and waits for no lane that hangs.
    const captioned = captions.finish(settings.STOP_DEADLINE_MS / 2)
    await this.#signalling.close()
    await this.#member.leave()
    this.#meter.close()
    meter.close()
    this.#unfollowCertificate()
    await Promise.all([closeHttpServer(this.#server), closeHttpServer(this.#operatorServer)])
    await Promise.all([pool.close(), captioned])
    await translator.close()
    await Promise.all([captions.close(0), transcripts.close(endsAt - clock.now())])
  }

  #report(): Omit<NodeReport, 'draining' | 'openedRooms'> {
    const { rooms, nodeId, internalUrl } = this.#media
    const { PUBLIC_URL, REGION, TLS_FOLDER } = this.#options.settings
    const base = PUBLIC_URL ?? `${TLS_FOLDER === undefined ? 'ws' : 'wss'}://localhost:${this.#port}`
    return {
      nodeId,
      url: signallingUrl(base),
      ...(internalUrl !== undefined && { internalUrl }),
      region: REGION,
      version: manifest.version,
      load: reportedLoad(this.#meter.load, rooms.youngerThan(YOUNG_ROOM_MS)),
      rooms: rooms.size,
      participants: rooms.participants,
    }
  }
}

type SignallingParts = {
  readonly media: MediaPlane
  readonly presences: Presences
  /** Whether nobody is to come any more. */
  readonly drained: () => boolean
}

function startSignalling(server: Server, options: MediaNodeOptions, parts: SignallingParts): SignallingServer {
  const { settings, clock, logger } = options
  const { media, presences, drained } = parts
  const perSecond = settings.CONNECTIONS_PER_SECOND_PER_ADDRESS
  const { MAX_CONNECTIONS, MAX_WAITING_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS, PROXY_HOPS } = settings
  limitSockets(server, {
    inAll: MAX_CONNECTIONS + MAX_WAITING_CONNECTIONS + PLAIN_SOCKETS,
    perCaller: PROXY_HOPS === 0 ? MAX_CONNECTIONS_PER_ADDRESS + PLAIN_SOCKETS_PER_CALLER : undefined,
    refused: () => media.metrics.signalling.refused('socket'),
  })
  return new SignallingServer({
    server,
    allowedOrigins: settings.ALLOWED_ORIGINS,
    proxyHops: PROXY_HOPS,
    limits: {
      inAll: MAX_CONNECTIONS,
      perCaller: MAX_CONNECTIONS_PER_ADDRESS,
      waiting: MAX_WAITING_CONNECTIONS,
      rate: { perSecond, burst: 2 * perSecond },
    },
    context: {
      openRoom: async (grant, caller) => {
        if (drained()) throw new CallError('draining', 'This media node takes nobody any more.')
        return await media.rooms.open(grant, caller).catch((error) => {
          if (error instanceof CallError && error.code === 'stale_allocation') media.metrics.staleTokenRefused()
          throw error
        })
      },
      authorise: (token) => options.authorise(token, media.nodeId),
      usedTokens: new UsedTokens(clock),
      joinLimits: new JoinLimits(settings.JOINS_PER_MINUTE_PER_ADDRESS, clock),
      presences,
      notificationTexts: new NotificationTexts(),
      metrics: media.metrics.signalling,
      clock,
      logger,
    },
  })
}
