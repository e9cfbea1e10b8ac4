import { setTimeout as wait } from 'node:timers/promises'
import { capabilities } from '../../integration/media-node/rtp.ts'
import { TestClient } from '../../integration/media-node/test-client.ts'
import type { FuzzedNode } from './fuzzed-node.ts'

const PING_EVERY_MS = 100

/** An address from which no attack comes. */
const ELSEWHERE = '127.0.0.2'

/** Somebody in a call who is to notice nothing: each message they get is held against the protocol. */
export class Witness {
  readonly name: string
  readonly #client: TestClient
  readonly #pingsMs: number[] = []
  #problem: string | undefined
  #watching = true
  readonly #done: Promise<void>

  static async join(node: FuzzedNode, roomId: string): Promise<Witness> {
    const token = await node.token({ roomId })
    const client = await new TestClient(node.url, { token, localAddress: ELSEWHERE }).opened()
    await client.next('welcome')
    await client.request('receive', { rtpCapabilities: capabilities })
    return new Witness(roomId, client)
  }

  private constructor(name: string, client: TestClient) {
    this.name = name
    this.#client = client
    this.#done = this.#watch()
  }

  /** What went wrong for them, if anything did. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Milliseconds from a ping to its answer. */
  get pingsMs(): readonly number[] {
    return this.#pingsMs
  }

  async leave(): Promise<void> {
    this.#watching = false
    await this.#done
    this.#client.socket.close(1001)
    await this.#client.closed
  }

  async #watch(): Promise<void> {
    while (this.#watching) {
      const sentAt = performance.now()
      try {
        await this.#client.request('ping', {})
      } catch (error) {
        this.#problem = `the witness in ${this.name}: ${error instanceof Error ? error.message : error}`
        return
      }
      this.#pingsMs.push(performance.now() - sentAt)
      this.#client.inbox.length = 0
      await wait(PING_EVERY_MS)
    }
  }
}
