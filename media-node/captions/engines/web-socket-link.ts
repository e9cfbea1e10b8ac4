import { WebSocket } from 'ws'
import type { Clock } from '../../../shared/clock.ts'
import { codeOf, EngineTrouble, troubleOfStatus } from './engine-trouble.ts'
import type { OnTrouble } from './speech-connection.ts'

/** No answer about a few seconds of speech is larger; a larger one is not read. */
export const MAX_MESSAGE_BYTES = 262_144
/** A server that does not answer the closing handshake in this time is hung up on. */
const CLOSE_DEADLINE_MS = 1_000

/**
 * Close codes that say more than that the connection ended: RFC 6455 §7.4.1, IANA's registry (3000, 3003, 1013) and, in
 * 4000–4999, the HTTP statuses that servers put there.
 */
const MEANING_OF_CLOSE: Readonly<Record<number, 'refused' | 'overloaded'>> = {
  1008: 'refused',
  1013: 'overloaded',
  3000: 'refused',
  3003: 'refused',
  4001: 'refused',
  4003: 'refused',
  4401: 'refused',
  4403: 'refused',
  4429: 'overloaded',
}

export type WebSocketLinkOptions = {
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly clock: Clock
  /** Gives up the opening. */
  readonly signal: AbortSignal
  /** What it throws is trouble. */
  readonly onMessage: (text: string) => void
  /** The link is over by itself; at most once, and never after `close`. */
  readonly onTrouble: OnTrouble
}

/** Resolves with an open link; rejects with an `EngineTrouble`. */
export function openWebSocketLink(options: WebSocketLinkOptions): Promise<WebSocketLink> {
  return new Promise((resolve, reject) => {
    if (options.signal.aborted) {
      reject(options.signal.reason)
      return
    }
    const link = new WebSocketLink(options, resolve, reject)
    options.signal.addEventListener('abort', () => link.giveUp(options.signal.reason), { once: true })
  })
}

/** A WebSocket on which a server sends text. */
export class WebSocketLink {
  readonly #socket: WebSocket
  readonly #clock: Clock
  readonly #onMessage: (text: string) => void
  #state: 'opening' | 'open' | 'closed' = 'opening'
  #onTrouble: OnTrouble
  #cancelHangUp: () => void = () => undefined

  constructor(options: WebSocketLinkOptions, onOpen: (link: WebSocketLink) => void, onRefused: OnTrouble) {
    const { url, headers, clock, onMessage, onTrouble } = options
    this.#clock = clock
    this.#onMessage = onMessage
    this.#onTrouble = onRefused
    this.#socket = new WebSocket(url, {
      headers: { ...headers },
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
    })
    this.#socket.on('open', () => {
      if (this.#state !== 'opening') return
      this.#state = 'open'
      this.#onTrouble = onTrouble
      onOpen(this)
    })
    this.#socket.on('unexpected-response', (_, response) => this.#fail(troubleOfStatus(response.statusCode ?? 0)))
    this.#socket.on('error', (error) => this.#fail(new EngineTrouble('unreachable', codeOf(error))))
    this.#socket.on('close', (code) => this.#ended(code))
    this.#socket.on('message', (data, isBinary) => this.#received(data, isBinary))
  }

  /** Bytes that have not yet been handed to the network. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  send(data: string | Uint8Array): void {
    if (this.#state === 'open') this.#socket.send(data, () => undefined)
  }

  close(): void {
    if (this.#state === 'closed') return
    const wasOpen = this.#state === 'open'
    this.#state = 'closed'
    if (!wasOpen) this.#socket.terminate()
    else {
      this.#socket.close(1000)
      this.#cancelHangUp = this.#clock.after(CLOSE_DEADLINE_MS, () => this.#socket.terminate())
    }
  }

  /** Ends the opening for a reason of the caller's; does nothing once it is open. */
  giveUp(reason: unknown): void {
    if (this.#state === 'opening') this.#fail(reason)
  }

  #received(data: unknown, isBinary: boolean): void {
    if (this.#state !== 'open') return
    try {
      if (isBinary) throw new EngineTrouble('unreachable', 'sent bytes where text was due')
      this.#onMessage(String(data))
    } catch (error) {
      this.#fail(error)
    }
  }

  #ended(code: number): void {
    this.#cancelHangUp()
    this.#fail(new EngineTrouble(MEANING_OF_CLOSE[code] ?? 'unreachable', `closed with code ${code}`))
  }

  #fail(error: unknown): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#socket.terminate()
    this.#onTrouble(error)
  }
}
