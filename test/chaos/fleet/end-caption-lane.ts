import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import type { FleetNode } from './fleet-node.ts'

const DEADLINE_MS = 10_000
const POLL_MS = 20

/** A message of the inspector's protocol, as far as it matters here. */
const message = z.object({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z
    .object({ sessionId: z.string().optional(), workerInfo: z.object({ title: z.string() }).optional() })
    .optional(),
})

/**
 * Ends one caption lane of a media node as a fault in it would: by an error that nobody catches. Lanes are threads, which no
 * signal reaches alone, so the process is asked for its inspector (SIGUSR1), which reaches into the thread.
 */
export async function endCaptionLane(node: FleetNode, pick: (lanes: number) => number): Promise<void> {
  const inspector = await Inspector.open(node)
  try {
    const lanes = await inspector.threads('caption-lane')
    const lane = lanes[pick(lanes.length)]
    if (lane === undefined) throw new Error(`${node.nodeId} has no caption lane`)
    // Not in the middle of what it does, where no fault of its own would end it either.
    inspector.evaluate("setTimeout(() => { throw new Error('chaos') })", lane)
    // The inspector goes with what it was asked for; the next fault asks again.
    inspector.evaluate("setTimeout(() => process.getBuiltinModule('node:inspector').close(), 200)")
    await wait(POLL_MS)
  } finally {
    inspector.close()
  }
}

class Inspector {
  readonly #socket: WebSocket
  readonly #threads: { readonly title: string; readonly sessionId: string }[] = []
  #nextId = 1

  static async open(node: FleetNode): Promise<Inspector> {
    const before = node.inspector
    process.kill(node.process.pid, 'SIGUSR1')
    const deadline = Date.now() + DEADLINE_MS
    while (node.inspector === before) {
      if (Date.now() > deadline) throw new Error(`${node.nodeId} does not open its inspector`)
      await wait(POLL_MS)
    }
    const socket = new WebSocket(node.inspector)
    await once(socket, 'open', { signal: AbortSignal.timeout(DEADLINE_MS) })
    return new Inspector(socket)
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#receive(data))
  }

  /** The sessions of the threads of this name: once there are any, and no more of them come. */
  async threads(name: string): Promise<readonly string[]> {
    this.#send('NodeWorker.enable', { waitForDebuggerOnStart: false })
    const deadline = Date.now() + DEADLINE_MS
    for (let before = 0; ; ) {
      const found = this.#threads.filter(({ title }) => title.includes(name)).map(({ sessionId }) => sessionId)
      if ((found.length > 0 && found.length === before) || Date.now() > deadline) return found
      before = found.length
      await wait(POLL_MS)
    }
  }

  /** In a thread, or without one in the main thread. */
  evaluate(expression: string, sessionId?: string): void {
    if (sessionId === undefined) this.#send('Runtime.evaluate', { expression })
    else {
      const inner = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } })
      this.#send('NodeWorker.sendMessageToWorker', { sessionId, message: inner })
    }
  }

  close(): void {
    this.#socket.close()
  }

  #send(method: string, params: object): void {
    this.#socket.send(JSON.stringify({ id: this.#nextId, method, params }))
    this.#nextId += 1
  }

  #receive(data: unknown): void {
    const { method, params } = message.parse(JSON.parse(String(data)))
    const { sessionId, workerInfo } = params ?? {}
    if (method !== 'NodeWorker.attachedToWorker' || sessionId === undefined || workerInfo === undefined) return
    this.#threads.push({ title: workerInfo.title, sessionId })
  }
}
