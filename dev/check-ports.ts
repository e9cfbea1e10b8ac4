import { isTcpPortFree, isUdpPortFree } from './free-port.ts'
import { portHolder } from './port-holder.ts'
import { firstMediaPort, metricsPort, type Placement, signallingPort } from './product-environment.ts'

const NEXT_TRY = 1_000
const LOOPBACK = ['127.0.0.1', '::1']

type Layout = Pick<Placement, 'port' | 'mediaPort' | 'nodes' | 'workersPerNode'>

/** What to tell the user about the first port that is taken; undefined when all are free. */
export async function takenPort(layout: Layout): Promise<string | undefined> {
  const nodes = Array.from({ length: layout.nodes }, (_, node) => node)
  const servers = [
    { port: layout.port, use: 'the page and the API' },
    ...nodes.map((node) => ({ port: signallingPort(layout, node), use: `the signalling of media node ${node + 1}` })),
    ...nodes.map((node) => ({ port: metricsPort(layout, node), use: `the metrics of media node ${node + 1}` })),
  ]
  for (const { port, use } of servers) {
    if (!(await isFreeOnLoopback(port))) return message(port, use, `npm start -- --port ${layout.port + NEXT_TRY}`)
  }
  for (const node of nodes) {
    for (let worker = 0; worker < layout.workersPerNode; worker += 1) {
      const port = firstMediaPort(layout, node) + worker
      const isFree = (await isTcpPortFree(port, '127.0.0.1')) && (await isUdpPortFree(port))
      const remedy = `MEDIA_PORT=${layout.mediaPort + NEXT_TRY} npm start`
      if (!isFree) return message(port, `the media of media node ${node + 1}`, remedy)
    }
  }
  return undefined
}

/** "localhost" may mean either address to a browser. */
async function isFreeOnLoopback(port: number): Promise<boolean> {
  const free = await Promise.all(LOOPBACK.map((host) => isTcpPortFree(port, host)))
  return !free.includes(false)
}

function message(port: number, use: string, remedy: string): string {
  const holder = portHolder(port) ?? 'another program, perhaps a JBCalling that runs already'
  return `Port ${port}, for ${use}, is taken by ${holder}.\nEnd that, or choose other ports: ${remedy}`
}
