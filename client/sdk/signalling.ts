import type { z } from 'zod'
import { CallError, isErrorCode } from '../../shared/protocol/error-code.ts'
import {
  BEARER_PREFIX,
  type Event,
  isEvent,
  type Method,
  type Notifications,
  notifications,
  type Requests,
  requests,
  SUBPROTOCOL,
  serverMessage,
} from '../../shared/protocol/messages.ts'
import { systemTimer, type Timer } from './timer.ts'

const REQUEST_DEADLINE_MS = 5_000

/** More unanswered requests than a call ever needs; past it something is wrong and each further one fails at once. */
const PENDING_CAPACITY = 128

/** What signalling needs of a WebSocket. */
export type Socket = {
  send(text: string): void
  close(): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void
}

export type NotificationHandlers = { readonly [E in Event]: (data: Notifications[E]) => void }

type Answer = Exclude<z.infer<typeof serverMessage>, { event: string }>
type Pending = { readonly resolve: (data: unknown) => void; readonly reject: (error: CallError) => void }

const notificationSchemas: { readonly [E in Event]: z.ZodType<Notifications[E]> } = notifications
const requestSchemas: { readonly [M in Method]: { readonly reply: z.ZodType<Requests[M]['reply']> } } = requests

/** Opens the socket of one participant. The token travels as a subprotocol, never in the URL. */
export function openSocket(url: string, token: string): Socket {
  return new WebSocket(url, [SUBPROTOCOL, `${BEARER_PREFIX}${token}`])
}

/**
 * The signalling connection, `jbcalling.v1`. Every request settles: by its answer, its deadline or the connection's end.
 * `onClose` is called once, unless `close()` was called first.
 */
export class Signalling {
  readonly #socket: Socket
  readonly #handlers: NotificationHandlers
  readonly #onClose: (error: CallError) => void
  readonly #timer: Timer
  readonly #pending = new Map<number, Pending>()
  #nextId = 1
  #closed = false

  constructor(options: {
    socket: Socket
    handlers: NotificationHandlers
    onClose: (error: CallError) => void
    timer?: Timer
  }) {
    this.#socket = options.socket
    this.#handlers = options.handlers
    this.#onClose = options.onClose
    this.#timer = options.timer ?? systemTimer
    this.#socket.addEventListener('message', (event) => this.#receive(event.data))
    this.#socket.addEventListener('close', (event) => this.#fail(closeError(event)))
  }

  readonly request = <M extends Method>(method: M, data: Requests[M]['data']): Promise<Requests[M]['reply']> => {
    if (this.#closed) return Promise.reject(new CallError('connection_lost', 'The connection is closed.'))
    if (this.#pending.size >= PENDING_CAPACITY) {
      return Promise.reject(new CallError('rate_limited', 'Too many requests are waiting for an answer.'))
    }
    const id = this.#nextId++
    return this.#answerTo(id, method, data).then((answer) => {
      const reply = requestSchemas[method].reply.safeParse(answer)
      if (reply.success) return reply.data
      throw new CallError('internal', `The answer to ${method} has an unknown shape.`, { cause: reply.error })
    })
  }

  /** Ends the connection from this side; what still waits for an answer fails. */
  close(): void {
    if (this.#closed) return
    this.#settleAll(new CallError('connection_lost', 'The connection was closed.'))
    this.#socket.close()
  }

  #answerTo(id: number, method: Method, data: unknown): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const cancelDeadline = this.#timer(REQUEST_DEADLINE_MS, () => {
      this.#pending.delete(id)
      reject(new CallError('request_timeout', `${method} was not answered in time.`))
    })
    this.#pending.set(id, {
      resolve: (reply) => {
        cancelDeadline()
        resolve(reply)
      },
      reject: (error) => {
        cancelDeadline()
        reject(error)
      },
    })
    this.#socket.send(JSON.stringify({ id, method, data }))
    return promise
  }

  #receive(text: unknown): void {
    if (this.#closed) return
    const { data: message, error } = serverMessage.safeParse(parseJson(text))
    if (error) this.#abandon('The media node sent a message of an unknown shape.', error)
    else if ('event' in message) this.#notify(message.event, message.data)
    else this.#settle(message)
  }

  /** An answer that comes after its deadline finds nobody waiting. */
  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id)
    this.#pending.delete(answer.id)
    if ('error' in answer) pending?.reject(requestError(answer.error))
    else pending?.resolve(answer.data)
  }

  #notify(event: string, data: unknown): void {
    // A newer media node may tell of things that this client does not know.
    if (!isEvent(event)) return
    const failure = deliver(this.#handlers, event, data)
    if (failure) this.#abandon(`The media node sent ${event} in an unknown shape.`, failure)
  }

  #abandon(message: string, cause: Error): void {
    this.#fail(new CallError('internal', message, { cause }))
    this.#socket.close()
  }

  #fail(error: CallError): void {
    if (this.#closed) return
    this.#settleAll(error)
    this.#onClose(error)
  }

  #settleAll(error: CallError): void {
    this.#closed = true
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of pending) reject(error)
  }
}

/** Parses a notification once and hands it over; gives back what was wrong with it, if anything. */
function deliver<E extends Event>(handlers: NotificationHandlers, event: E, data: unknown): Error | undefined {
  const parsed = notificationSchemas[event].safeParse(data)
  if (!parsed.success) return parsed.error
  handlers[event](parsed.data)
  return undefined
}

function requestError(error: { readonly code: string; readonly message: string }): CallError {
  return new CallError(isErrorCode(error.code) ? error.code : 'internal', error.message)
}

/** The media node puts the error code into the close reason; a connection that breaks has none. */
function closeError(event: { readonly code: number; readonly reason: string }): CallError {
  if (isErrorCode(event.reason)) return new CallError(event.reason, 'The media node ended the call.')
  return new CallError('connection_lost', `The connection to the media node broke (${event.code}).`)
}

function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
