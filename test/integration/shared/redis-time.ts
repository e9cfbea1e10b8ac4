import { createClient } from 'redis'

type Client = ReturnType<typeof createClient>

/** Lets time pass for a node registry in Redis, by making everything in it older. */
export class RedisTime {
  readonly #client: Client
  readonly #namespace: string

  static async open(url: string, namespace = 'jbcalling'): Promise<RedisTime> {
    const client: Client = createClient({ url })
    await client.connect()
    return new RedisTime(client, namespace)
  }

  private constructor(client: Client, namespace: string) {
    this.#client = client
    this.#namespace = namespace
  }

  /** Makes every heartbeat and every reservation so far this much older. */
  async pass(ms: number): Promise<void> {
    const heartbeats = `{${this.#namespace}}:heartbeats`
    const nodes = await this.#client.zRange(heartbeats, 0, -1)
    const reserved = nodes.flatMap((nodeId) =>
      ['reserved', 'reserved-firm'].map((key) => `{${this.#namespace}}:${key}:${nodeId}`),
    )
    await Promise.all([heartbeats, ...reserved].map((key) => this.age(key, ms)))
  }

  /** Makes all members of a set, or one of them, this much older. */
  async age(key: string, ms: number, only?: string): Promise<void> {
    const members = only === undefined ? await this.#client.zRange(key, 0, -1) : [only]
    await Promise.all(members.map((member) => this.#client.zIncrBy(key, -ms, member)))
  }

  async forgetEverything(): Promise<void> {
    await this.#client.flushAll()
  }

  close(): void {
    this.#client.destroy()
  }
}
