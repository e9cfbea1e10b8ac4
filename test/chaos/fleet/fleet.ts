import { join } from 'node:path'
import { ROOT } from '../../../dev/bootstrap/paths.mjs'
import { freePort } from '../../../dev/free-port.ts'
import {
  ANY_AWS_ACCOUNT,
  controlPlaneEnvironment,
  type Placement,
  ROOMS_TABLE,
  TRANSCRIPTS_TABLE,
} from '../../../dev/product-environment.ts'
import { waitUntilReady } from '../../../dev/wait-until-ready.ts'
import { createRoomsTable } from '../../../shared/room-store/create-rooms-table.ts'
import { createTranscriptsTable } from '../../../shared/transcript-store/create-transcripts-table.ts'
import type { Network } from '../network/network.ts'
import { FleetNode } from './fleet-node.ts'
import { FleetRedis } from './fleet-redis.ts'
import { OPERATOR_KEY } from './operator-key.ts'
import { Restartable, type RestartableOptions } from './restartable.ts'
import { TcpRelay } from './tcp-relay.ts'
import { waitUntilListening } from './wait-until-listening.ts'

const READY_DEADLINE_MS = 60_000
const STOP_DEADLINE_MS = 8_000
const FIRST_MEDIA_PORT = 40_000

export type FleetOptions = {
  readonly network: Network
  readonly nodes: number
  /** For what outlives a process: keys, tables, finals that wait. */
  readonly folder: string
  /** What the control plane serves at `/`. */
  readonly pageFolder: string
  readonly onLine: (process: string, line: string) => void
  readonly onDeath: RestartableOptions['onDeath']
}

/** The processes of a service. Each can be hurt and healed alone. */
export type Fleet = {
  /** The page and the API, as browsers reach them. */
  readonly url: string
  readonly controlPlane: Restartable
  readonly nodes: readonly FleetNode[]
  readonly redis: FleetRedis
  readonly dynamoDb: Restartable
}

export function nodeOf({ nodes }: Fleet, nodeId: string | undefined): FleetNode {
  const found = nodes.find((node) => node.nodeId === nodeId)
  if (found === undefined) throw new Error(`this fleet has no media node ${nodeId}`)
  return found
}

/** Starts control plane, media nodes and stores, each a process, and resolves when all are ready. All end with `owner`. */
export async function startFleet(options: FleetOptions, owner: AsyncDisposableStack): Promise<Fleet> {
  const { network } = options
  const redis = await FleetRedis.start()
  owner.defer(() => redis.kill())
  const dynamoDbPort = await freePort()
  const dynamoDb = dynamoDbOf(options, dynamoDbPort)
  owner.defer(() => dynamoDb.destroy())
  await dynamoDb.start()
  const dynamoDbEndpoint = `http://${network.gateway}:${dynamoDbPort}`
  await makeTables(dynamoDbEndpoint)

  const placement: Placement = {
    port: await freePort(),
    mediaPort: FIRST_MEDIA_PORT,
    nodes: options.nodes,
    workersPerNode: 1,
    redisUrl: `redis://127.0.0.1:${redis.port}`,
    dynamoDbEndpoint,
    awsAccount: ANY_AWS_ACCOUNT,
    signingKeyFile: join(options.folder, 'signing-key.json'),
    spoolFolder: join(options.folder, 'spool'),
  }
  const controlPlane = controlPlaneOf(options, placement)
  owner.defer(() => controlPlane.terminate(STOP_DEADLINE_MS))
  await controlPlane.start()
  const front = await TcpRelay.open({ host: network.gateway, targetPort: placement.port })
  owner.defer(() => front.close())
  const url = `http://${network.gateway}:${front.port}`

  const nodes = await Promise.all(
    Array.from({ length: options.nodes }, async (_, index) => {
      const place = await network.place(`node-${index + 1}`)
      const registryWay = await TcpRelay.open({ host: network.gateway, targetPort: redis.port })
      owner.defer(() => registryWay.close())
      const node = new FleetNode({ ...options, placement, index, place, registryWay, url })
      owner.defer(() => node.process.destroy())
      return node
    }),
  )
  await Promise.all(nodes.map((node) => node.process.start()))
  return { url, controlPlane, nodes, redis, dynamoDb }
}

function dynamoDbOf({ network, folder, onLine, onDeath }: FleetOptions, port: number): Restartable {
  const script = join(import.meta.dirname, 'dynamodb-process.ts')
  return new Restartable({
    name: 'dynamodb',
    command: [process.execPath, script, network.gateway, `${port}`, join(folder, 'dynamodb')],
    env: process.env,
    onLine: (line) => onLine('dynamodb', line),
    onDeath,
    ready: (child) => waitUntilListening(child, () => fetch(`http://${network.gateway}:${port}`)),
  })
}

async function makeTables(endpoint: string): Promise<void> {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = ANY_AWS_ACCOUNT
  const location = { endpoint, region, credentials: { accessKeyId, secretAccessKey } }
  await createRoomsTable({ ...location, table: ROOMS_TABLE })
  await createTranscriptsTable({ ...location, table: TRANSCRIPTS_TABLE })
}

function controlPlaneOf({ pageFolder, onLine, onDeath }: FleetOptions, placement: Placement): Restartable {
  const origin = `http://127.0.0.1:${placement.port}`
  // Each media node has an address of its own.
  const reachable = { AUTH_MODE: 'guests', API_KEYS: OPERATOR_KEY, PAGE_CONNECT_SOURCES: 'ws://*:*' }
  return new Restartable({
    name: 'control-plane',
    command: [process.execPath, join(ROOT, 'control-plane/main.ts')],
    env: {
      ...process.env,
      LOG_LEVEL: 'info',
      ...controlPlaneEnvironment(placement),
      PAGE_DIR: pageFolder,
      ...reachable,
    },
    onLine: (line) => onLine('control-plane', line),
    onDeath,
    ready: (child) => waitUntilReady(child, origin, READY_DEADLINE_MS),
  })
}
