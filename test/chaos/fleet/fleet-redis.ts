import { type EmbeddedRedis, startRedis } from '../../../dev/embedded-redis.ts'

/** The Redis of a fleet: always at the same port, whatever becomes of its process. */
export class FleetRedis {
  #redis: EmbeddedRedis

  private constructor(redis: EmbeddedRedis) {
    this.#redis = redis
  }

  static async start(): Promise<FleetRedis> {
    return new FleetRedis(await startRedis())
  }

  get port(): number {
    return this.#redis.port
  }

  freeze(): void {
    process.kill(this.#redis.pid, 'SIGSTOP')
  }

  thaw(): void {
    process.kill(this.#redis.pid, 'SIGCONT')
  }

  /** Kills it and starts another in its place, which knows nothing. */
  async replace(): Promise<void> {
    await this.kill()
    this.#redis = await startRedis({ port: this.port })
  }

  async kill(): Promise<void> {
    this.#redis.process.kill()
    await this.#redis.process.exited
  }
}
