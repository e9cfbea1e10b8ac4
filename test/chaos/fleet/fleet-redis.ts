import { createClient } from 'redis'
import { type EmbeddedRedis, startRedis } from '../../../dev/embedded-redis.ts'
import { TcpRelay } from './tcp-relay.ts'

const HOST = '127.0.0.1'
const SYNC_DEADLINE_MS = 10_000

/** The Redis of a fleet: always at the same port, whatever becomes of its process. */
export class FleetRedis {
  readonly #name: TcpRelay
  #primary: EmbeddedRedis
  #demoted: EmbeddedRedis | undefined

  private constructor(primary: EmbeddedRedis, name: TcpRelay) {
    this.#primary = primary
    this.#name = name
  }

  static async start(): Promise<FleetRedis> {
    const primary = await startRedis()
    return new FleetRedis(primary, await TcpRelay.open({ host: HOST, targetPort: primary.port }))
  }

  get port(): number {
    return this.#name.port
  }

  freeze(): void {
    process.kill(this.#primary.pid, 'SIGSTOP')
  }

  thaw(): void {
    process.kill(this.#primary.pid, 'SIGCONT')
  }

  /** Kills it and starts another in its place, which knows nothing. */
  async replace(): Promise<void> {
    await end(this.#primary)
    this.#primary = await startRedis({ port: this.#primary.port })
  }

  /**
   * Makes a replica the primary and the primary its replica. Whoever connects now comes to the new one; whoever is
   * connected stays with the old one, which refuses writes.
   */
  async failOver(): Promise<void> {
    const { port } = this.#primary
    const promoted = await startRedis({ args: ['--replicaof', HOST, `${port}`] })
    await untilSynchronised(promoted)
    await tell(promoted, 'REPLICAOF', 'NO', 'ONE')
    this.#name.pointTo(promoted.port)
    await tell(this.#primary, 'REPLICAOF', HOST, `${promoted.port}`)
    await end(this.#demoted)
    this.#demoted = this.#primary
    this.#primary = promoted
  }

  async kill(): Promise<void> {
    this.#name.close()
    await Promise.all([end(this.#primary), end(this.#demoted)])
  }
}

async function end(redis: EmbeddedRedis | undefined): Promise<void> {
  redis?.process.kill()
  await redis?.process.exited
}

/** Resolves when a replica has what its primary has. @throws Error when that takes too long */
async function untilSynchronised(replica: EmbeddedRedis): Promise<void> {
  const deadline = AbortSignal.timeout(SYNC_DEADLINE_MS)
  while (!`${await tell(replica, 'INFO', 'replication')}`.includes('master_link_status:up')) deadline.throwIfAborted()
}

async function tell({ url }: EmbeddedRedis, ...command: readonly string[]): Promise<unknown> {
  const client = createClient({ url })
  await client.connect()
  try {
    return await client.sendCommand([...command])
  } finally {
    client.destroy()
  }
}
