import { join } from 'node:path'
import { ROOT } from './bootstrap/paths.mjs'
import { type Child, type ChildExit, startChild } from './child.ts'
import {
  controlPlaneEnvironment,
  MEDIA_NODE_ARGUMENTS,
  mediaNodeEnvironment,
  type Placement,
  signallingPort,
} from './product-environment.ts'
import { type StoreOptions, startStores } from './start-stores.ts'
import { waitUntilReady } from './wait-until-ready.ts'

const READY_DEADLINE_MS = 60_000

export type ProductOptions = StoreOptions &
  Pick<Placement, 'port' | 'mediaPort' | 'nodes' | 'workersPerNode' | 'signingKeyFile' | 'spoolFolder'> & {
    /** What the servers get besides their places. */
    readonly env: NodeJS.ProcessEnv
    readonly onLine: (process: string, line: string) => void
  }

export type Death = { readonly child: Child; readonly exit: ChildExit }

export type Product = {
  readonly url: string
  readonly mediaNodes: readonly Child[]
  /** Settles as soon as one of its processes has ended, asked or not. */
  readonly death: Promise<Death>
  /** Ends every process: asked first, killed at a deadline. */
  stop(): Promise<void>
}

/** Starts all that a call needs. Resolves when everything is ready; when something fails, ends what it had started. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  await using parts = new AsyncDisposableStack()
  const stores = await startStores(options, parts)
  const placement: Placement = { ...options, ...stores }
  const servers: Child[] = []
  parts.defer(async () => {
    await Promise.all(servers.map((server) => server.stop()))
  })
  const start = async (name: string, args: readonly string[], env: Record<string, string>) => {
    const child = await startChild({
      name,
      command: [process.execPath, ...args],
      env: { ...options.env, ...env },
      onLine: (line) => options.onLine(name, line),
    })
    servers.push(child)
    return child
  }

  const controlPlane = await start(
    'control-plane',
    [join(ROOT, 'control-plane/main.ts')],
    controlPlaneEnvironment(placement),
  )
  const mediaNodes: Child[] = []
  const ready = [waitUntilReady(controlPlane, `http://127.0.0.1:${placement.port}`, READY_DEADLINE_MS)]
  for (let node = 0; node < placement.nodes; node += 1) {
    const child = await start(`node-${node + 1}`, MEDIA_NODE_ARGUMENTS, mediaNodeEnvironment(placement, node))
    mediaNodes.push(child)
    ready.push(waitUntilReady(child, `http://127.0.0.1:${signallingPort(placement, node)}`, READY_DEADLINE_MS))
  }
  await Promise.all(ready)

  const death = Promise.race(
    [...stores.children, ...servers].map(async (child) => ({ child, exit: await child.exited })),
  )
  const owned = parts.move()
  return { url: `http://localhost:${placement.port}`, mediaNodes, death, stop: () => owned.disposeAsync() }
}
