import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { z } from 'zod'
import { TestClient } from '../../integration/media-node/test-client.ts'
import type { Joined } from '../../integration/media-node/test-node.ts'
import { within } from '../../integration/media-node/until.ts'

const program = join(import.meta.dirname, 'fuzzed-node-process.ts')

/** It tries its workers first, on a machine that may be busy. */
const START_DEADLINE_MS = 60_000

const started = z.object({ url: z.string() })
const died = z.object({ died: z.int() })
const answer = z.object({ id: z.int() })
const token = z.object({ token: z.string() })
const figures = z.object({
  workers: z.int(),
  /** Of the media node's JavaScript, without garbage. */
  heapBytes: z.int(),
  /** Resident memory. */
  nodeBytes: z.int(),
  workerBytes: z.int(),
  /** The share of the time in which the main thread did something. */
  busy: z.number(),
  /** For so long the main thread answered nobody, in 99 of 100 looks. */
  heldMs: z.number(),
  longestHeldMs: z.number(),
})

export type NodeFigures = z.infer<typeof figures>

/** The media node under attack, from outside. */
export class FuzzedNode {
  readonly #process: ChildProcess
  readonly #url: string
  readonly #answers = new Map<number, (message: unknown) => void>()
  #workerDied: () => void = () => undefined
  #deaths = 0
  #nextId = 0

  static async start(): Promise<FuzzedNode> {
    const child = fork(program, { execArgv: ['--expose-gc'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    try {
      const [message] = await once(child, 'message', { signal: AbortSignal.timeout(START_DEADLINE_MS) })
      return new FuzzedNode(child, started.parse(message).url)
    } catch (error) {
      child.kill('SIGKILL')
      throw error
    }
  }

  private constructor(child: ChildProcess, url: string) {
    this.#process = child
    this.#url = url
    child.on('message', (message) => this.#received(message))
  }

  /** Calls this for each media worker that dies. */
  onWorkerDied(listener: () => void): void {
    this.#workerDied = listener
  }

  /** Media workers that have died. */
  get deaths(): number {
    return this.#deaths
  }

  get alive(): boolean {
    return this.#process.connected
  }

  /** Somebody who is in the room and receives all that the room can send. */
  async join(roomId: string): Promise<Joined> {
    const granted = token.parse(await this.#ask({ ask: 'token', roomId }))
    const client = await new TestClient(this.#url, granted).opened()
    const welcome = await client.next('welcome')
    const { consumers } = await client.request('receive', { rtpCapabilities: welcome.routerRtpCapabilities })
    return { client, welcome, consumers }
  }

  async figures(): Promise<NodeFigures> {
    return figures.parse(await this.#ask({ ask: 'figures' }))
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const exited = once(this.#process, 'exit')
    this.#process.disconnect()
    await within('the media node to end', exited).catch((error) => {
      this.#process.kill('SIGKILL')
      throw error
    })
  }

  #ask(question: object): Promise<unknown> {
    const id = this.#nextId++
    const { promise, resolve } = Promise.withResolvers<unknown>()
    this.#answers.set(id, resolve)
    this.#process.send({ id, ...question })
    return within('the media node to answer', promise)
  }

  #received(message: unknown): void {
    if (died.safeParse(message).success) {
      this.#deaths += 1
      this.#workerDied()
      return
    }
    const { id } = answer.parse(message)
    this.#answers.get(id)?.(message)
    this.#answers.delete(id)
  }
}
