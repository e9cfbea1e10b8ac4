import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { z } from 'zod'
import { TestNode } from '../../integration/media-node/test-node.ts'

/** A media node as a process of its own, which the campaign asks by messages; its clock runs with the real time. */

const TICK_MS = 20
const RESOLUTION_MS = 5
const NANOSECONDS_PER_MS = 1e6
const BYTES_PER_KIB = 1_024
/** More than any campaign needs. */
const MANY = '100000'

const question = z.union([
  z.object({ id: z.int(), ask: z.literal('token'), roomId: z.string() }),
  z.object({ id: z.int(), ask: z.literal('figures') }),
])

const node = await TestNode.start({ MAX_CONNECTIONS_PER_ADDRESS: MANY, CONNECTIONS_PER_SECOND_PER_ADDRESS: MANY })
const held = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
held.enable()

let workers = new Set(node.node.workerPids)
let last = Date.now()
setInterval(() => {
  node.clock.advance(Math.max(0, Date.now() - last))
  last = Date.now()
  const now = new Set(node.node.workerPids)
  for (const pid of workers) if (!now.has(pid)) process.send?.({ died: pid })
  workers = now
}, TICK_MS)

process.on('message', async (message) => {
  const asked = question.parse(message)
  const answer = asked.ask === 'token' ? { token: await node.token({ roomId: asked.roomId }) } : figures()
  process.send?.({ id: asked.id, ...answer })
})
process.on('disconnect', () => process.exit(0))
process.send?.({ url: node.url })

function figures(): object {
  // What is garbage is no growth.
  globalThis.gc?.()
  return {
    workers: workers.size,
    heapBytes: process.memoryUsage().heapUsed,
    nodeBytes: process.memoryUsage.rss(),
    workerBytes: [...workers].reduce((sum, pid) => sum + residentBytes(pid), 0),
    busy: performance.eventLoopUtilization().utilization,
    heldMs: held.percentile(99) / NANOSECONDS_PER_MS - RESOLUTION_MS,
    longestHeldMs: held.max / NANOSECONDS_PER_MS - RESOLUTION_MS,
  }
}

function residentBytes(pid: number): number {
  const [, kib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * BYTES_PER_KIB
}
