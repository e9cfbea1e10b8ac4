import { z } from 'zod'
import {
  MEDIA_NODE_ARGUMENTS,
  mediaNodeEnvironment,
  metricsPort,
  type Placement,
  signallingPort,
} from '../../../dev/product-environment.ts'
import { waitUntilReady } from '../../../dev/wait-until-ready.ts'
import type { Place } from '../network/network.ts'
import { childrenOf } from './process-tree.ts'
import { Restartable, type RestartableOptions } from './restartable.ts'
import type { TcpRelay } from './tcp-relay.ts'

const READY_DEADLINE_MS = 60_000
const ANSWER_DEADLINE_MS = 2_000
/** How long a draining media node waits for its participants to leave; more than any of them should take. */
const DRAIN_DEADLINE_SECONDS = 30
const INSPECTOR = /Debugger listening on (ws:\S+)/

const stats = z.object({
  draining: z.boolean(),
  counts: z.record(z.string(), z.number()),
  mediasoup: z.record(z.string(), z.number()),
})

export type NodeStats = z.infer<typeof stats>

type FleetNodeOptions = Pick<RestartableOptions, 'onDeath'> & {
  readonly onLine: (process: string, line: string) => void
  readonly placement: Placement
  /** Counted from 0. */
  readonly index: number
  readonly place: Place
  /** Its own way to Redis, through the gateway. */
  readonly registryWay: TcpRelay
  /** Where the control plane is, and where the page comes from. */
  readonly url: string
}

/** A media node with its place in the network. It is the same one each time it starts: id, ports and spool folder. */
export class FleetNode {
  readonly nodeId: string
  readonly process: Restartable
  readonly place: Place
  readonly registryWay: TcpRelay
  /** Where its HTTP and its signalling are. */
  readonly host: string
  readonly #operators: string
  #inspector = ''

  constructor(options: FleetNodeOptions) {
    const { placement, index, place, onLine, onDeath } = options
    this.nodeId = `node-${index + 1}`
    this.place = place
    this.registryWay = options.registryWay
    this.host = `${place.address}:${signallingPort(placement, index)}`
    this.#operators = `${place.address}:${metricsPort(placement, index)}`
    this.process = new Restartable({
      name: this.nodeId,
      command: place.command([process.execPath, ...MEDIA_NODE_ARGUMENTS]),
      env: {
        ...process.env,
        LOG_LEVEL: 'info',
        ...mediaNodeEnvironment(placement, index),
        ...this.#placeEnvironment(options),
      },
      onLine: (line) => {
        this.#inspector = INSPECTOR.exec(line)?.[1] ?? this.#inspector
        onLine(this.nodeId, line)
      },
      onDeath,
      ready: (child) => waitUntilReady(child, `http://${this.host}`, READY_DEADLINE_MS),
    })
  }

  get workerPids(): readonly number[] {
    return childrenOf(this.process.pid)
  }

  /** Where its inspector listens, which SIGUSR1 has opened last. */
  get inspector(): string {
    return this.#inspector
  }

  async stats(): Promise<NodeStats> {
    const answer = await fetch(`http://${this.#operators}/stats`, { signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) })
    return stats.parse(await answer.json())
  }

  #placeEnvironment({ place, placement, registryWay, url }: FleetNodeOptions): Record<string, string> {
    const gateway = new URL(url).hostname
    return {
      HOST: place.address,
      METRICS_HOST: place.address,
      // All browsers are behind few addresses, and come again after each fault.
      JOINS_PER_MINUTE_PER_ADDRESS: '10000',
      PUBLIC_URL: `ws://${this.host}`,
      MEDIA_LISTEN_IP: place.address,
      MEDIA_ADDRESS: place.address,
      REDIS_URL: `redis://${gateway}:${registryWay.port}`,
      DYNAMODB_ENDPOINT: placement.dynamoDbEndpoint,
      JWKS_URL: `${url}/.well-known/jwks.json`,
      ALLOWED_ORIGINS: url,
      STT_ENGINE: 'pocketsphinx',
      CAPTION_LANES: '2',
      DRAIN_DEADLINE_SECONDS: `${DRAIN_DEADLINE_SECONDS}`,
      STOP_DEADLINE_MS: `${(DRAIN_DEADLINE_SECONDS + 5) * 1_000}`,
      NODE_OPTIONS: `--inspect-port=${place.address}:0`,
    }
  }
}
