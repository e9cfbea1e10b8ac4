import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './bootstrap/paths.mjs'
import { PAGE_FOLDER } from './build-page.ts'

const LEAST_PORTS_PER_NODE = 10
/** Less than the launcher waits for them. */
const STOP_DEADLINE_MS = 3_000

export const ROOMS_TABLE = 'jbcalling-rooms'
export const TRANSCRIPTS_TABLE = 'jbcalling-transcripts'

export type AwsAccount = {
  readonly AWS_REGION: string
  readonly AWS_ACCESS_KEY_ID: string
  readonly AWS_SECRET_ACCESS_KEY: string
  readonly AWS_SESSION_TOKEN?: string
}

/** DynamoDB's API asks for an account; an embedded store takes any. */
export const ANY_AWS_ACCOUNT: AwsAccount = {
  AWS_REGION: 'local',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
}

/** What `node` is given for a media node. The flag is explained in `media-node/captions/old-space.ts`. */
export const MEDIA_NODE_ARGUMENTS = ['--initial-old-space-size=256', join(ROOT, 'media-node/main.ts')]

/** Where the parts of one product are. */
export type Placement = {
  /** Of the page and the API; each media node takes two of the ports after it: first all their signalling, then their metrics. */
  readonly port: number
  /** The first one for media; each worker takes one, UDP and TCP. */
  readonly mediaPort: number
  readonly nodes: number
  readonly workersPerNode: number
  readonly redisUrl: string
  readonly dynamoDbEndpoint: string
  readonly awsAccount: AwsAccount
  readonly signingKeyFile: string
  /** Where final captions wait for the store, in a folder for each media node. */
  readonly spoolFolder: string
}

/** As many workers as there are processors, shared by the media nodes. */
export function defaultWorkersPerNode(nodes: number): number {
  return Math.max(1, Math.floor(availableParallelism() / nodes))
}

export function signallingPort(placement: Pick<Placement, 'port'>, node: number): number {
  return placement.port + 1 + node
}

export function metricsPort(placement: Pick<Placement, 'port' | 'nodes'>, node: number): number {
  return signallingPort(placement, placement.nodes + node)
}

export function firstMediaPort(placement: Pick<Placement, 'mediaPort' | 'workersPerNode'>, node: number): number {
  return placement.mediaPort + node * Math.max(LEAST_PORTS_PER_NODE, placement.workersPerNode)
}

export function controlPlaneEnvironment(placement: Placement): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    PORT: `${placement.port}`,
    REDIS_URL: placement.redisUrl,
    DYNAMODB_ENDPOINT: placement.dynamoDbEndpoint,
    ...placement.awsAccount,
    ROOMS_TABLE,
    TRANSCRIPTS_TABLE,
    AUTH_MODE: 'open',
    PAGE_DIR: PAGE_FOLDER,
    SIGNING_KEY_FILE: placement.signingKeyFile,
    SHUTDOWN_DEADLINE_MS: `${STOP_DEADLINE_MS}`,
  }
}

/** @param node counted from 0 */
export function mediaNodeEnvironment(placement: Placement, node: number): Record<string, string> {
  return {
    NODE_ID: `node-${node + 1}`,
    HOST: '127.0.0.1',
    PORT: `${signallingPort(placement, node)}`,
    METRICS_HOST: '127.0.0.1',
    METRICS_PORT: `${metricsPort(placement, node)}`,
    PUBLIC_URL: `ws://localhost:${signallingPort(placement, node)}`,
    MEDIA_ADDRESS: '127.0.0.1',
    MEDIA_PORT: `${firstMediaPort(placement, node)}`,
    WORKERS: `${placement.workersPerNode}`,
    REDIS_URL: placement.redisUrl,
    DYNAMODB_ENDPOINT: placement.dynamoDbEndpoint,
    // An engine or a translator may need an account of its own, which an embedded store does not.
    ...(placement.awsAccount !== ANY_AWS_ACCOUNT && placement.awsAccount),
    ROOMS_TABLE,
    TRANSCRIPTS_TABLE,
    TRANSCRIPT_SPOOL_DIR: join(placement.spoolFolder, `node-${node + 1}`),
    JWKS_URL: `http://127.0.0.1:${placement.port}/.well-known/jwks.json`,
    ALLOWED_ORIGINS: `http://localhost:${placement.port},http://127.0.0.1:${placement.port}`,
    // All media nodes stop together: there is nowhere to move to.
    DRAIN_DEADLINE_SECONDS: '0',
    STOP_DEADLINE_MS: `${STOP_DEADLINE_MS}`,
  }
}
