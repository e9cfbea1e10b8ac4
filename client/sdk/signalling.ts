import type { z } from 'zod'
import { CallError, isErrorCode } from '../../shared/protocol/error-code.ts'
import {
  type Event,
  isEvent,
  type Method,
  type Notifications,
  notifications,
  type Requests,
  requests,
  serverMessage,
} from '../../shared/protocol/messages.ts'
import { PendingRequests } from './pending-requests.ts'
import type { Socket } from './socket.ts'
import { systemTimer, type Timer } from './timer.ts'

export type NotificationHandlers = { readonly [E in Event]: (data: Notifications[E]) => void }
export type Request = <M extends Method>(method: M, data: Requests[M]['data']) => Promise<Requests[M]['reply']>

type Answer = Exclude<z.infer<typeof serverMessage>, { event: string }>

const notificationSchemas: { readonly [E in Event]: z.ZodType<Notifications[E]> } = notifications
const requestSchemas: { readonly [M in Method]: { readonly reply: z.ZodType<Requests[M]['reply']> } } = requests

/** What a media node says first on a connection; before it, nothing is sent. */
const GREETINGS: ReadonlySet<Event> = new Set(['welcome', 'resumed'])

/**
 * One participant's signalling with one media node, `jbcalling.v1`, over one connection after another. A request whose
 * connection breaks before its answer is sent again on the next one. Every request settles: by its answer, its deadline or
 * `close()`. `onBroken` is called once for each connection that breaks.
 */
export class Signalling {
  readonly #handlers: NotificationHandlers
  readonly #onBroken: (error: CallError) => void
  readonly #pending: PendingRequests
  /** The present connection; those before it are not listened to any more. */
  #socket: Socket | undefined
  #greeted = false
  #closed = false

  constructor(options: {
    handlers: NotificationHandlers
    onBroken: (error: CallError) => void
    timer?: Timer
  }) {
    this.#handlers = options.handlers
    this.#onBroken = options.onBroken
    this.#pending = new PendingRequests(options.timer ?? systemTimer)
  }

  /** Goes on by this connection; one before it is closed. */
  connect(socket: Socket): void {
    this.disconnect()
    if (this.#closed) {
      socket.close()
      return
    }
    this.#socket = socket
    socket.addEventListener('message', (event) => {
      if (socket === this.#socket) this.#receive(event.data)
    })
    socket.addEventListener('close', (event) => {
      if (socket === this.#socket) this.#broken(closeError(event))
    })
  }

  /** Lets go of the present connection without a word; requests wait for the next one. */
  disconnect(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#greeted = false
    this.#pending.interrupt(new CallError('connection_lost', 'The connection is taken for lost.'))
    socket?.close()
  }

  readonly request: Request = async (method, data) => {
    if (this.#closed) throw new CallError('connection_lost', 'The connection is closed.')
    const { id, answer } = this.#pending.add(method, data)
    const socket = this.#socket
    if (socket && this.#greeted) this.#pending.send(id, (text) => socket.send(text))
    const reply = requestSchemas[method].reply.safeParse(await answer)
    if (reply.success) return reply.data
    throw new CallError('protocol_violation', `The answer to ${method} is not as documented.`, { cause: reply.error })
  }

  /** Ends signalling from this side; what still waits for an answer fails. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.disconnect()
    this.#pending.failAll(new CallError('connection_lost', 'The connection was closed.'))
  }

  #receive(text: unknown): void {
    const { data: message, error } = serverMessage.safeParse(parseJson(text))
    if (error) this.#abandon('The media node sent a message that is not as documented.', error)
    else if ('event' in message) this.#notify(message.event, message.data)
    else this.#settle(message)
  }

  #settle(answer: Answer): void {
    if ('error' in answer) this.#pending.fail(answer.id, requestError(answer.error))
    else this.#pending.resolve(answer.id, answer.data)
  }

  #notify(event: string, data: unknown): void {
    // A newer media node may tell of things that this client does not know.
    if (!isEvent(event)) return
    const failure = deliver(this.#handlers, event, data)
    if (failure) this.#abandon(`The media node sent ${event} not as documented.`, failure)
    else if (GREETINGS.has(event)) this.#greet()
  }

  #greet(): void {
    const socket = this.#socket
    if (!socket || this.#greeted) return
    this.#greeted = true
    this.#pending.sendAll((text) => socket.send(text))
  }

  #abandon(message: string, cause: Error): void {
    const socket = this.#socket
    this.#broken(new CallError('protocol_violation', message, { cause }))
    socket?.close()
  }

  #broken(error: CallError): void {
    this.#socket = undefined
    this.#greeted = false
    this.#pending.interrupt(error)
    this.#onBroken(error)
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
