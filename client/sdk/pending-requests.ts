import { CallError } from '../../shared/protocol/error-code.ts'
import type { Method } from '../../shared/protocol/messages.ts'
import type { Timer } from './timer.ts'

const REQUEST_DEADLINE_MS = 5_000
/** Shows early that a media node is silent. */
const PING_DEADLINE_MS = 1_500

/** More unanswered requests than a call ever needs; past it something is wrong and each further one fails at once. */
const CAPACITY = 128

type Pending = {
  readonly method: Method
  readonly text: string
  readonly resolve: (data: unknown) => void
  readonly reject: (error: CallError) => void
  cancelDeadline: () => void
}

/**
 * The requests of one participant that wait for their answers, over all its connections. A deadline runs while a request
 * is under way; between two connections, its owner's patience counts.
 */
export class PendingRequests {
  readonly #timer: Timer
  readonly #pending = new Map<number, Pending>()
  /** They go on growing over connections, so that the media node knows what it has answered. */
  #nextId = 1

  constructor(timer: Timer) {
    this.#timer = timer
  }

  /** The request as it is to be sent once it is `sent`, and its answer, which always settles. */
  add(method: Method, data: unknown): { readonly id: number; readonly answer: Promise<unknown> } {
    const { promise: answer, resolve, reject } = Promise.withResolvers<unknown>()
    const id = this.#nextId
    if (this.#pending.size >= CAPACITY) {
      reject(new CallError('rate_limited', 'Too many requests are waiting for an answer.'))
      return { id, answer }
    }
    this.#nextId += 1
    const text = JSON.stringify({ id, method, data })
    this.#pending.set(id, { method, text, resolve, reject, cancelDeadline: () => {} })
    return { id, answer }
  }

  /** Sends one request, if it still waits. */
  send(id: number, send: (text: string) => void): void {
    const pending = this.#pending.get(id)
    if (!pending) return
    const { method } = pending
    pending.cancelDeadline()
    pending.cancelDeadline = this.#timer(method === 'ping' ? PING_DEADLINE_MS : REQUEST_DEADLINE_MS, () => {
      this.fail(id, new CallError('request_timeout', `${method} was not answered in time.`))
    })
    send(pending.text)
  }

  /** Sends everything that waits, in the order in which it was asked. */
  sendAll(send: (text: string) => void): void {
    for (const id of [...this.#pending.keys()]) this.send(id, send)
  }

  /** An answer that comes after its deadline finds nobody waiting. */
  resolve(id: number, data: unknown): void {
    this.#take(id)?.resolve(data)
  }

  fail(id: number, error: CallError): void {
    this.#take(id)?.reject(error)
  }

  /** The connection broke: what says something about that very connection fails, the rest waits for the next one. */
  interrupt(error: CallError): void {
    for (const [id, { method, cancelDeadline }] of [...this.#pending]) {
      cancelDeadline()
      if (method === 'ping' || method === 'leave') this.fail(id, error)
    }
  }

  failAll(error: CallError): void {
    for (const id of [...this.#pending.keys()]) this.fail(id, error)
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    pending?.cancelDeadline()
    return pending
  }
}
