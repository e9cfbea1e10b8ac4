import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { callerAddress, callerOf } from '../../shared/caller-address.ts'
import type { Clock } from '../../shared/clock.ts'
import { afterRunning } from '../../shared/deadline.ts'
import type { ErrorCode } from '../../shared/protocol/error-code.ts'
import { MAX_MESSAGE_BYTES, SUBPROTOCOL } from '../../shared/protocol/messages.ts'
import { admit, type Credentials } from './admission.ts'
import { ConnectionLimits, type ConnectionLimitsOptions, type Seat } from './connection-limits.ts'
import { Session, type SessionContext, type SessionSocket } from './session.ts'
import type { Refusal } from './signalling-metrics.ts'

/** A message over MAX_MESSAGE_BYTES is told so; one over this is not even read, and ends with WebSocket's own 1009. */
const MAX_PAYLOAD_BYTES = 2 * MAX_MESSAGE_BYTES

const MAX_FRAGMENTS = 16

/** A page that is closed or left says so (RFC 6455 §7.4.1), and no page can say it otherwise. */
const GOING_AWAY = 1001

/** A client that does not answer a close, or does not read why it is refused, is cut off. */
export const CLOSE_DEADLINE_MS = 2_000

/** A header that is longer is no address. */
const MAX_ADDRESS_LENGTH = 64

const statusTexts = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
} as const

export type SignallingServerOptions = {
  readonly server: Server
  readonly allowedOrigins: readonly string[]
  readonly limits: ConnectionLimitsOptions
  /** Proxies of ours before this media node. */
  readonly proxyHops: number
  readonly context: SessionContext
}

/** Takes WebSocket connections and gives each a session. */
export class SignallingServer {
  readonly #options: SignallingServerOptions
  readonly #limits: ConnectionLimits
  readonly #sessions = new Set<Session>()
  readonly #webSocketServer = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    maxFragments: MAX_FRAGMENTS,
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
  })
  readonly #upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#admit(request, socket, head)

  constructor(options: SignallingServerOptions) {
    this.#options = options
    this.#limits = new ConnectionLimits(options.limits, options.context.clock)
    options.server.on('upgrade', this.#upgrade)
  }

  /** Connections that are open or closing. */
  get connections(): number {
    return this.#limits.open
  }

  /** Takes no more connections and ends the present ones; resolves when they are gone. */
  async close(): Promise<void> {
    this.#options.server.off('upgrade', this.#upgrade)
    for (const session of this.#sessions) session.close('draining')
    await new Promise((resolve) => this.#webSocketServer.close(resolve))
  }

  #admit(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { allowedOrigins } = this.#options
    socket.on('error', () => socket.destroy())
    const admission = admit(request, allowedOrigins)
    if (!admission.admitted) {
      const { refusal, status, text } = admission
      this.#refuse(socket, refusal, { status, text })
      return
    }
    const caller = this.#callerOf(request)
    const entry = this.#limits.enter(caller)
    if ('reason' in entry) {
      const { reason, retryAfterMs } = entry
      this.#refuse(socket, reason, { status: reason === 'caller' ? 429 : 503, text: 'rate_limited', retryAfterMs })
    } else {
      socket.once('close', entry.release)
      this.#accept({ request, socket, head }, { caller, seat: entry, credentials: admission.credentials })
    }
  }

  #accept({ request, socket, head }: Upgrade, { caller, seat, credentials }: Entered): void {
    const { context } = this.#options
    this.#webSocketServer.handleUpgrade(request, socket, head, (webSocket) => {
      const client = { caller, letIn: seat.letIn }
      const session = new Session(context, sessionSocket(webSocket, context.clock), client)
      this.#sessions.add(session)
      webSocket.once('close', () => this.#sessions.delete(session))
      connect(webSocket, session)
      void session.start(credentials)
    })
  }

  #callerOf({ socket, headers }: IncomingMessage): string {
    const forwardedFor = headers['x-forwarded-for']?.toString()
    const address = callerAddress({ remoteAddress: socket.remoteAddress, forwardedFor }, this.#options.proxyHops)
    return callerOf(address.slice(0, MAX_ADDRESS_LENGTH))
  }

  #refuse(socket: Duplex, why: Refusal, { status, text, retryAfterMs }: Answer): void {
    const { clock, metrics } = this.#options.context
    metrics.refused(why)
    const lines = [`HTTP/1.1 ${status} ${statusTexts[status]}`, 'Connection: close', 'Content-Type: text/plain']
    if (retryAfterMs !== undefined) lines.push(`Retry-After: ${Math.max(1, Math.ceil(retryAfterMs / 1_000))}`)
    socket.once(
      'close',
      clock.after(CLOSE_DEADLINE_MS, () => socket.destroy()),
    )
    // Once all is sent there is nothing to wait for, whatever the client still has to say.
    socket.once('finish', () => socket.destroy())
    socket.end(`${lines.join('\r\n')}\r\nContent-Length: ${text.length}\r\n\r\n${text}`)
  }
}

type Upgrade = { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer }

type Entered = { readonly caller: string; readonly seat: Seat; readonly credentials: Credentials }

type Answer = {
  readonly status: keyof typeof statusTexts
  readonly text: ErrorCode
  readonly retryAfterMs?: number
}

function connect(webSocket: WebSocket, session: Session): void {
  webSocket.on('message', (data: RawData, isBinary: boolean) => {
    if (isBinary || !Buffer.isBuffer(data)) session.close('bad_request')
    else session.received(data)
  })
  webSocket.on('pong', () => session.pong())
  webSocket.on('close', (code) => {
    if (code === GOING_AWAY) session.close('connection_lost')
    else session.lost()
  })
  webSocket.on('error', (error) => session.close(isTooLarge(error) ? 'payload_too_large' : 'bad_request'))
}

/** By now ws has begun to close the connection with a code of its own. */
function isTooLarge(error: Error): boolean {
  return 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
}

function sessionSocket(webSocket: WebSocket, clock: Clock): SessionSocket {
  return {
    get bufferedAmount() {
      return webSocket.bufferedAmount
    },
    send: (text) => webSocket.send(text, () => undefined),
    ping: () => webSocket.ping(undefined, undefined, () => undefined),
    close: (code, reason) => closeWebSocket(webSocket, clock, code, reason),
  }
}

function closeWebSocket(webSocket: WebSocket, clock: Clock, code: number, reason: string): void {
  if (webSocket.readyState === webSocket.CLOSED) return
  const cancel = afterRunning(clock, CLOSE_DEADLINE_MS, () => webSocket.terminate())
  webSocket.once('close', cancel)
  webSocket.close(code, reason)
}
