import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from 'redis'
import { systemClock } from '../clock.ts'
import { withDeadline } from '../deadline.ts'
import type { Logger } from '../logging.ts'
import { CallError } from '../protocol/error-code.ts'
import { PrimaryAddress, type RedisLocation } from './primary-address.ts'
import { faultOf, isCuredByNewConnection, isRefusal, movedTo, NoAnswer, type RegistryFault } from './registry-fault.ts'
import { registryScripts } from './registry-scripts.ts'

/** No call takes longer, whatever Redis does. */
const CALL_DEADLINE_MS = 1_000

/** How long a call waits for a connection that is just being made. A failed attempt ends the wait at once. */
const READY_GRACE_MS = 500

/** Finding the primary, connecting, and the first probe. */
const CONNECT_DEADLINE_MS = 3_000

/** A connection whose probe is not answered for this long is given up. */
const SILENCE_MS = 2_000
const PROBE_INTERVAL_MS = 800

const RECONNECT_MIN_MS = 50
const RECONNECT_MAX_MS = 1_000

/** The next connection is made at once, almost, after one that lasted this long. */
const LASTING_MS = 5_000

/** A call is made again by a new connection once, where the first did not run it. */
const CALL_ATTEMPTS = 2

function newClient(url: string, certificateName: string | undefined) {
  return createClient({
    url,
    scripts: registryScripts,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: CALL_DEADLINE_MS,
      reconnectStrategy: false,
      ...(certificateName !== undefined && { tls: true, servername: certificateName }),
    },
  })
}

export type RedisClient = ReturnType<typeof newClient>

export type RedisConnectionOptions = RedisLocation & {
  /** Resolves when the server may be written: it fails as writes do, and changes nothing. */
  readonly probe: (client: RedisClient) => Promise<unknown>
  readonly logger?: Logger | undefined
  /** Called with each fault, to be counted. */
  readonly onFault?: ((fault: RegistryFault) => void) | undefined
}

/** Ends the connection in use, or only if it is the one of this client. */
type EndConnection = (reason: unknown, which?: RedisClient) => void

/**
 * A connection to the Redis that may be written, which comes back by itself and never keeps a caller waiting. One that
 * turns out to lead to a replica, a server that starts, a slot that moved or a login that is no longer good is replaced;
 * each new one looks its server up anew. So one way serves names that move, Sentinels and cluster mode, where all keys of
 * the registry are in one slot.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions
  readonly #primary: PrimaryAddress
  readonly #closing = new AbortController()
  #ready = awaitedClient()
  #end: EndConnection = () => undefined
  #healthy = true

  /** Starts connecting and goes on trying for as long as it takes. */
  constructor(options: RedisConnectionOptions) {
    this.#options = options
    this.#primary = new PrimaryAddress(options)
    void this.#keepConnected()
  }

  /** Runs one command; rejects with `CallError('unavailable')` when Redis is away, too slow, or refuses it. */
  async run<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    try {
      return await inTime(CALL_DEADLINE_MS, this.#attempt(command))
    } catch (cause) {
      if (cause instanceof NoAnswer || isRefusal(cause)) this.#options.onFault?.(faultOf(cause))
      throw new CallError('unavailable', 'The node registry cannot be used.', { cause })
    }
  }

  /** Resolves when the registry can be written. */
  async probe(): Promise<void> {
    await this.run(this.#options.probe)
  }

  /** Ends the connection; calls under way are rejected. May be called again. */
  close(): void {
    this.#closing.abort()
    this.#end(new Error('closed'))
  }

  async #attempt<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      this.#closing.signal.throwIfAborted()
      const client = await inTime(READY_GRACE_MS, this.#ready.promise)
      try {
        return await command(client)
      } catch (error) {
        if (!isCuredByNewConnection(error)) throw error
        this.#end(error, client)
        if (attempt === CALL_ATTEMPTS) throw error
      }
    }
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#closing
    let url: string | undefined
    let failures = 0
    while (!signal.aborted) {
      const startedAt = systemClock.now()
      const reason = await this.#live(url).catch((error: unknown) => error)
      if (signal.aborted) break
      this.#noticeFault(reason)
      const moved = movedTo(reason)
      url = moved && this.#primary.at(moved, url)
      failures = systemClock.now() - startedAt >= LASTING_MS ? 0 : failures + 1
      await wait(backOffMs(failures), undefined, { signal }).catch(() => undefined)
    }
    this.#ready.reject(new Error('closed'))
  }

  /** Makes one connection, to where the last one was sent or else to the primary; rejects with why it ended. */
  async #live(redirect: string | undefined): Promise<never> {
    const url = redirect ?? (await this.#findPrimary())
    this.#closing.signal.throwIfAborted()
    const client = newClient(url, this.#primary.certificateName(url))
    const { promise: ended, reject } = Promise.withResolvers<never>()
    const end: EndConnection = (reason, which = client) => {
      if (which !== client) return
      if (this.#end === end) this.#awaitNext(reason)
      reject(reason)
    }
    this.#end = end
    client.on('error', (error) => end(error))
    try {
      await inTime(CONNECT_DEADLINE_MS, Promise.race([ended, this.#open(client)]))
      this.#ready.resolve(client)
      return await Promise.race([ended, this.#keepProbing(client)])
    } catch (reason) {
      end(reason)
      disconnect(client, reason)
      throw reason
    }
  }

  async #findPrimary(): Promise<string> {
    try {
      return await this.#primary.find()
    } catch (error) {
      this.#awaitNext(error)
      throw error
    }
  }

  /** Calls wait for the next connection from now on. Those that wait are refused, unless it is known where to go. */
  #awaitNext(reason: unknown): void {
    const next = awaitedClient()
    if (movedTo(reason)) this.#ready.resolve(next.promise)
    else this.#ready.reject(reason)
    this.#ready = next
    this.#end = () => undefined
  }

  async #open(client: RedisClient): Promise<void> {
    await client.connect()
    await this.#probeOnce(client)
  }

  async #keepProbing(client: RedisClient): Promise<never> {
    for (;;) {
      await wait(PROBE_INTERVAL_MS, undefined, { signal: this.#closing.signal })
      if (!client.isOpen) throw new Error('closed')
      await inTime(SILENCE_MS, this.#probeOnce(client))
    }
  }

  /** A refusal that another connection would meet as well ends none: what is read is answered. */
  async #probeOnce(client: RedisClient): Promise<void> {
    try {
      await this.#options.probe(client)
      this.#noticeHealth()
    } catch (error) {
      if (!isRefusal(error)) throw error
      this.#noticeFault(error)
    }
  }

  /** Says once that the registry cannot be used and once that it can again; a retry each second is no news. */
  #noticeFault(error: unknown): void {
    const reason = faultOf(error)
    this.#options.onFault?.(reason)
    if (this.#healthy) this.#options.logger?.warn({ reason }, 'the registry cannot be used')
    this.#healthy = false
  }

  #noticeHealth(): void {
    if (!this.#healthy) this.#options.logger?.info('the registry can be used again')
    this.#healthy = true
  }
}

/** A client that is still to come. Nobody may wait for it. */
function awaitedClient(): PromiseWithResolvers<RedisClient> {
  const awaited = Promise.withResolvers<RedisClient>()
  awaited.promise.catch(() => undefined)
  return awaited
}

/** Lets a server that answers answer what it was asked; any other is left at once. */
function disconnect(client: RedisClient, reason: unknown): void {
  if (client.isReady && isCuredByNewConnection(reason)) void client.close()
  else if (client.isOpen) client.destroy()
}

function backOffMs(failures: number): number {
  return Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** failures)
}

function inTime<T>(ms: number, work: Promise<T>): Promise<T> {
  return withDeadline(systemClock, ms, work, () => new NoAnswer(`no answer within ${ms} ms`))
}
