import { isIP } from 'node:net'
import { createClient } from 'redis'
import { z } from 'zod'

const SENTINEL_TIMEOUT_MS = 500

const sentinelAnswer = z.tuple([z.string().min(1), z.string().regex(/^\d+$/)])

/** Where the Redis is that may be written. */
export type RedisLocation = {
  /**
   * `redis://` or `rediss://`, with user and password where they are needed. Its host is the primary, or in cluster mode
   * any server; where Sentinels are given it is not asked for anything.
   */
  readonly url: string
  /** `redis://` or `rediss://` URLs of the Sentinels that know the primary. */
  readonly sentinels?: readonly string[]
  /** The name by which the Sentinels know it. */
  readonly sentinelName?: string
}

export type HostAndPort = { readonly host: string; readonly port: string }

/** Finds the primary anew for each connection, and remembers nothing but which Sentinel is next. */
export class PrimaryAddress {
  readonly #location: RedisLocation
  #nextSentinel = 0

  constructor(location: RedisLocation) {
    this.#location = location
  }

  /** The URL to connect to. @throws Error when no Sentinel knows it */
  async find(): Promise<string> {
    const { url, sentinels = [], sentinelName = 'mymaster' } = this.#location
    if (sentinels.length === 0) return url
    const causes: unknown[] = []
    for (const _ of sentinels) {
      // Another one each time: the answer of one that is cut off from the others may be old.
      const sentinel = sentinels[this.#nextSentinel++ % sentinels.length] ?? ''
      try {
        return this.at(await askSentinel(sentinel, sentinelName))
      } catch (error) {
        causes.push(error)
      }
    }
    throw new AggregateError(causes, `no Sentinel knows where ${sentinelName} is`)
  }

  /** The URL of a server that another one names, with the same user and password; without a host it is the one of `from`. */
  at({ host, port }: HostAndPort, from = this.#location.url): string {
    const url = new URL(from)
    if (host !== '') url.hostname = isIP(host) === 6 ? `[${host}]` : host
    url.port = port
    return url.href
  }

  /**
   * The name that a server's certificate must bear where that is not the host connected to: servers that are told by their
   * address have a certificate of the name in the settings.
   */
  certificateName(url: string): string | undefined {
    const [asked, named] = [new URL(url), new URL(this.#location.url)]
    const bare = asked.hostname.replace(/^\[|\]$/g, '')
    return asked.protocol === 'rediss:' && isIP(bare) !== 0 && isIP(named.hostname) === 0 ? named.hostname : undefined
  }
}

async function askSentinel(url: string, name: string): Promise<HostAndPort> {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: SENTINEL_TIMEOUT_MS, socketTimeout: SENTINEL_TIMEOUT_MS, reconnectStrategy: false },
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const answer = await client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name])
    const [host, port] = sentinelAnswer.parse(answer)
    return { host, port }
  } finally {
    if (client.isOpen) client.destroy()
  }
}
