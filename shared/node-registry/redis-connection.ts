import { once } from 'node:events'
import { createClient } from 'redis'
import { systemClock } from '../clock.ts'
import { withDeadline } from '../deadline.ts'
import type { Logger } from '../logging.ts'
import { CallError } from '../protocol/error-code.ts'
import { registryScripts } from './registry-scripts.ts'

/** No call takes longer, whatever Redis does. */
const CALL_DEADLINE_MS = 1_000

const late = () => new Error(`no answer within ${CALL_DEADLINE_MS} ms`)

/** How long a call waits for a connection that is just being made. A failed attempt ends the wait at once. */
const READY_GRACE_MS = 500

/** A connection silent for this long is given up. The ping keeps a healthy one from ever being so. */
const SOCKET_TIMEOUT_MS = 2_000
const PING_INTERVAL_MS = 800

const RECONNECT_MIN_MS = 50
const RECONNECT_MAX_MS = 1_000

const newClient = (url: string) =>
  createClient({
    url,
    scripts: registryScripts,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    pingInterval: PING_INTERVAL_MS,
    socket: {
      connectTimeout: CALL_DEADLINE_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      // node-redis' own strategy stops for good after a socket timeout.
      reconnectStrategy: (retries) => Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** retries),
    },
  })

type Client = ReturnType<typeof newClient>

/** One connection to Redis that comes back by itself and never keeps a caller waiting. */
export type RedisConnection = {
  /** Runs one command; rejects with `CallError('unavailable')` when Redis is away or too slow. */
  run<T>(command: (client: Client) => Promise<T>): Promise<T>
  /** Ends the connection; calls under way are rejected. May be called again. */
  close(): void
}

/** Starts connecting and goes on trying for as long as it takes. */
export function connectToRedis(options: { readonly url: string; readonly logger?: Logger }): RedisConnection {
  const client = newClient(options.url)
  logConnection(client, options.logger)
  client.connect().catch(() => undefined)
  let becomingReady: Promise<unknown> | undefined

  const ready = () => {
    if (client.isReady || !client.isOpen) return undefined
    becomingReady ??= once(client, 'ready', { signal: AbortSignal.timeout(READY_GRACE_MS) }).finally(() => {
      becomingReady = undefined
    })
    return becomingReady
  }

  return {
    async run(command) {
      try {
        return await withDeadline(
          systemClock,
          CALL_DEADLINE_MS,
          Promise.resolve(ready()).then(() => command(client)),
          late,
        )
      } catch (cause) {
        throw new CallError('unavailable', 'The node registry cannot be reached.', { cause })
      }
    },
    close() {
      if (client.isOpen) client.destroy()
    },
  }
}

/** Says once that the connection is lost and once that it is back; a retry each second is no news. */
function logConnection(client: Client, logger: Logger | undefined): void {
  let lost = false
  client.on('error', (error: Error) => {
    if (!lost) logger?.warn({ reason: 'code' in error ? error.code : error.name }, 'registry connection lost')
    lost = true
  })
  client.on('ready', () => {
    if (lost) logger?.info('registry connection back')
    lost = false
  })
}
