import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../../shared/clock.ts'
import { MAX_MESSAGE_BYTES, SUBPROTOCOL } from '../../shared/protocol/messages.ts'
import { admit, type Credentials } from './admission.ts'
import { ConnectionLimits, type ConnectionLimitsOptions } from './connection-limits.ts'
import { Session, type SessionContext, type SessionSocket } from './session.ts'

/** A message over MAX_MESSAGE_BYTES is told so; one over this is not even read, and ends with WebSocket's own 1009. */
const MAX_PAYLOAD_BYTES = 2 * MAX_MESSAGE_BYTES

const MAX_FRAGMENTS = 16

/** A page that is closed or left says so (RFC 6455 §7.4.1), and no page can say it otherwise. */
const GOING_AWAY = 1001

/** A client that does not answer a close is cut off. */
const CLOSE_DEADLINE_MS = 2_000

const statusTexts = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' } as const

export type SignallingServerOptions = {
  readonly server: Server
  readonly allowedOrigins: readonly string[]
  readonly limits: ConnectionLimitsOptions
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
    const { metrics } = this.#options.context
    socket.on('error', () => socket.destroy())
    const admission = admit(request, this.#options.allowedOrigins)
    if (!admission.admitted) {
      metrics.refused(admission.refusal)
      refuse(socket, admission.status, admission.text)
    } else if (this.#limits.exhausted) {
      metrics.refused('capacity')
      refuse(socket, 503, 'rate_limited')
    } else {
      this.#accept(request, socket, head, admission.credentials)
    }
  }

  #accept(request: IncomingMessage, socket: Duplex, head: Buffer, credentials: Credentials): void {
    const { context } = this.#options
    const { allowed, release } = this.#limits.enter(request.socket.remoteAddress ?? '')
    socket.once('close', release)
    this.#webSocketServer.handleUpgrade(request, socket, head, (webSocket) => {
      const session = new Session(context, sessionSocket(webSocket, context.clock))
      this.#sessions.add(session)
      webSocket.once('close', () => this.#sessions.delete(session))
      connect(webSocket, session)
      if (allowed) void session.start(credentials)
      else session.close('rate_limited')
    })
  }
}

function refuse(socket: Duplex, status: keyof typeof statusTexts, text: string): void {
  const head = `HTTP/1.1 ${status} ${statusTexts[status]}\r\nConnection: close\r\nContent-Type: text/plain`
  socket.end(`${head}\r\nContent-Length: ${text.length}\r\n\r\n${text}`)
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
  const cancel = clock.after(CLOSE_DEADLINE_MS, () => webSocket.terminate())
  webSocket.once('close', cancel)
  webSocket.close(code, reason)
}
