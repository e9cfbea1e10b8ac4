import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { buildPage } from '../../dev/build-page.ts'
import type { Child } from '../../dev/child.ts'
import { freePort, isTcpPortFree, isUdpPortFree } from '../../dev/free-port.ts'
import { type Product, startProduct } from '../../dev/start-product.ts'
import { PATIENCE_MS } from './person.ts'

const POLL_MS = 50

/** A media node answers the same for so long. */
const SAME_ANSWER_MS = 1_000
const PORT_TRIES = 20
/** The launcher gives each media node so many. */
const MEDIA_PORTS_PER_NODE = 10

const isFreeForTcp = (port: number) => isTcpPortFree(port, '127.0.0.1')

export type NodeCounts = Readonly<Record<string, number>>

export type TestProduct = Pick<Product, 'url' | 'stop'> & {
  /** Where the first media node's HTTP and signalling are. */
  readonly nodeUrl: string
  /** All media nodes, by their ids. */
  readonly mediaNodes: ReadonlyMap<string, Pick<Child, 'kill' | 'exited'>>
  /** The UDP port of the media worker. */
  readonly mediaPort: number
  /** What the media node counts itself and, as `mediasoup.transports` and so on, what its workers say. */
  counts(): Promise<NodeCounts>
  /** Resolves when the media node's counts satisfy `wanted`; rejects with the last ones when they do not in time. */
  until(wanted: (counts: NodeCounts) => boolean, what: string): Promise<NodeCounts>
  metrics(): Promise<string>
  /** All that its processes have logged, each line after the name of its process. */
  readonly lines: readonly string[]
}

/** The whole product on ports of its own, with nothing on disk, so that it runs beside any other. */
export async function startTestProduct(
  env: Readonly<Record<string, string>> = {},
  { nodes = 1 }: { nodes?: number } = {},
): Promise<TestProduct> {
  await buildPage()
  const folder = await mkdtemp(join(tmpdir(), 'jbcalling-test-'))
  const port = await freeRun(1 + 2 * nodes, [isFreeForTcp])
  const output: string[] = []
  const mediaPort = await freeRun(1 + (nodes - 1) * MEDIA_PORTS_PER_NODE, [isFreeForTcp, isUdpPortFree])
  const product = await startProduct({
    port,
    mediaPort,
    nodes,
    workersPerNode: 1,
    signingKeyFile: join(folder, 'signing-key.json'),
    spoolFolder: join(folder, 'spool'),
    // Browsers and other tests keep the machine busy, which is no reason to turn anybody away here.
    env: { ...process.env, LOG_LEVEL: 'warn', MAX_NODE_LOAD: '1', JOINS_PER_MINUTE_PER_ADDRESS: '10000', ...env },
    onLine: (name, line) => output.push(`${name} | ${line}`),
  })
  const nodeUrl = `http://localhost:${port + 1}`
  const operators = `http://127.0.0.1:${port + 1 + nodes}`
  const askedAt = new Map<string, number>()
  /** What is so now, not what was answered a moment ago. */
  const fresh = async (path: '/stats' | '/metrics'): Promise<string> => {
    const ageMs = Date.now() - (askedAt.get(path) ?? 0)
    if (ageMs < SAME_ANSWER_MS) await wait(SAME_ANSWER_MS - ageMs)
    askedAt.set(path, Date.now())
    return await (await fetch(`${operators}${path}`)).text()
  }
  const readCounts = async (): Promise<NodeCounts> => {
    const { counts, mediasoup } = JSON.parse(await fresh('/stats'))
    return {
      ...counts,
      ...Object.fromEntries(Object.entries(mediasoup).map(([name, count]) => [`mediasoup.${name}`, count])),
    }
  }
  return {
    url: product.url,
    nodeUrl,
    mediaNodes: new Map(product.mediaNodes.map((child) => [child.name, child])),
    mediaPort,
    counts: readCounts,
    lines: output,
    metrics: () => fresh('/metrics'),
    async until(wanted, what) {
      const deadline = Date.now() + PATIENCE_MS
      for (;;) {
        const counts = await readCounts()
        if (wanted(counts)) return counts
        if (Date.now() > deadline) {
          throw new Error(`never came: ${what}\n${JSON.stringify(counts)}\n${output.join('\n')}`)
        }
        await wait(POLL_MS)
      }
    },
    async stop() {
      await product.stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** The first of `length` ports in a row that all were free a moment ago. */
async function freeRun(length: number, checks: ReadonlyArray<(port: number) => Promise<boolean>>): Promise<number> {
  for (let attempt = 0; attempt < PORT_TRIES; attempt += 1) {
    const first = await freePort()
    const ports = Array.from({ length }, (_, index) => first + index)
    const free = await Promise.all(ports.flatMap((port) => checks.map((isFree) => isFree(port))))
    if (!free.includes(false)) return first
  }
  throw new Error(`found no ${length} free ports in a row`)
}
