import { CallError } from '../../shared/protocol/error-code.ts'
import type { Socket } from './socket.ts'
import type { Timer } from './timer.ts'

/** From the opened WebSocket to `welcome` or `resumed`: the media node is alive, and may have much to do. */
const GREETING_DEADLINE_MS = 5_000

/** Whether a media node takes a new WebSocket. Fails when it does not open by `deadlineMs`. */
export class Greeting {
  readonly settled: Promise<void>
  readonly #resolve: () => void
  readonly #reject: (error: CallError) => void
  readonly #timer: Timer
  #cancelDeadline: () => void

  constructor(options: { socket: Socket; deadlineMs: number; timer: Timer }) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.settled = promise
    this.#resolve = resolve
    this.#reject = reject
    this.#timer = options.timer
    this.#cancelDeadline = this.#deadline(options.deadlineMs)
    options.socket.addEventListener('open', () => {
      this.#cancelDeadline()
      this.#cancelDeadline = this.#deadline(GREETING_DEADLINE_MS)
    })
  }

  came(): void {
    this.#cancelDeadline()
    this.#resolve()
  }

  failed(error: CallError): void {
    this.#cancelDeadline()
    this.#reject(error)
  }

  #deadline(deadlineMs: number): () => void {
    return this.#timer(deadlineMs, () => {
      this.failed(new CallError('connection_lost', 'The media node did not answer in time.'))
    })
  }
}
