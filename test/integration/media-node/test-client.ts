import { once } from 'node:events'
import { WebSocket } from 'ws'
import { z } from 'zod'
import {
  BEARER_PREFIX,
  type Event,
  type Method,
  type Notifications,
  notifications,
  RESUME_PREFIX,
  type Requests,
  requests,
  SUBPROTOCOL,
  serverMessage,
} from '../../../shared/protocol/messages.ts'
import { within } from './until.ts'

export type Closed = { readonly code: number; readonly reason: string }

export type TestClientOptions = {
  readonly token?: string
  readonly resumeToken?: string
  readonly protocols?: string[]
  readonly origin?: string
  /** One of 127.0.0.0/8, from which it connects. */
  readonly localAddress?: string
  readonly forwardedFor?: string
}

/** They go on growing over the connections of one participant, and so over all. */
let nextId = 1_000

const failure = z.object({ error: z.object({ code: z.string() }) })

/** A signalling client that checks everything it is sent against the protocol's schemas. */
export class TestClient {
  readonly socket: WebSocket
  readonly closed: Promise<Closed>
  readonly #answers = new Map<number, (message: unknown) => void>()
  readonly #waiting = new Set<{ event: string; resolve: (data: unknown) => void }>()
  /** Notifications that nobody has taken yet, oldest first. */
  readonly inbox: { readonly event: string; readonly data: unknown }[] = []

  constructor(url: string, options: TestClientOptions = {}) {
    const bearer = options.token === undefined ? [] : [`${BEARER_PREFIX}${options.token}`]
    const resume = options.resumeToken === undefined ? [] : [`${RESUME_PREFIX}${options.resumeToken}`]
    const offered = [SUBPROTOCOL, ...bearer, ...resume]
    const { origin, localAddress, forwardedFor } = options
    const way = {
      ...(origin !== undefined && { origin }),
      ...(localAddress !== undefined && { localAddress }),
      ...(forwardedFor !== undefined && { headers: { 'x-forwarded-for': forwardedFor } }),
    }
    this.socket = new WebSocket(url, options.protocols ?? offered, way)
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    })
    this.socket.on('message', (data) => this.#received(serverMessage.parse(JSON.parse(data.toString()))))
  }

  async opened(): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) await within('open', once(this.socket, 'open'))
    return this
  }

  /** The reply, or the error's code. */
  async request<M extends Method>(method: M, data: Requests[M]['data']): Promise<Requests[M]['reply']> {
    const message = await this.send({ method, data })
    const failed = failure.safeParse(message)
    if (failed.success) throw new Error(failed.data.error.code)
    const schemas: { readonly [N in Method]: { readonly reply: z.ZodType<Requests[N]['reply']> } } = requests
    return schemas[method].reply.parse(z.object({ data: z.unknown() }).parse(message).data)
  }

  /** Sends anything with an id of its own and gives the whole answer. */
  send(message: object): Promise<unknown> {
    return this.sendAs(nextId++, message)
  }

  /** The same with an id of the test's choice, to send a request again. */
  sendAs(id: number, message: object): Promise<unknown> {
    const answer = new Promise((resolve) => this.#answers.set(id, resolve))
    this.socket.send(JSON.stringify({ id, ...message }))
    return this.#unlessClosed(`the answer to ${JSON.stringify(message).slice(0, 60)}`, answer)
  }

  /** The next notification of this event, also one that came before. */
  async next<E extends Event>(event: E): Promise<Notifications[E]> {
    const schemas: { readonly [N in Event]: z.ZodType<Notifications[N]> } = notifications
    const index = this.inbox.findIndex((message) => message.event === event)
    const [found] = index === -1 ? [] : this.inbox.splice(index, 1)
    if (found !== undefined) return schemas[event].parse(found.data)
    const data = new Promise<unknown>((resolve) => this.#waiting.add({ event, resolve }))
    return schemas[event].parse(await this.#unlessClosed(`the notification ${event}`, data))
  }

  whenClosed(): Promise<Closed> {
    return within('the connection to close', this.closed)
  }

  #unlessClosed<T>(what: string, work: Promise<T>): Promise<T> {
    const closed = this.closed.then(({ reason }) => {
      throw new Error(`closed (${reason}) before ${what}`)
    })
    return within(what, Promise.race([work, closed]))
  }

  #received(message: z.infer<typeof serverMessage>): void {
    if ('id' in message) {
      this.#answers.get(message.id)?.(message)
      return
    }
    const waiting = [...this.#waiting].find(({ event }) => event === message.event)
    if (waiting === undefined) {
      this.inbox.push(message)
    } else {
      this.#waiting.delete(waiting)
      waiting.resolve(message.data)
    }
  }
}
