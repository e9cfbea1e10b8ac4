import { z } from 'zod'
import type { Socket } from '../../../client/sdk/socket.ts'

const sentRequest = z.object({ id: z.int(), method: z.string(), data: z.unknown() })

type MessageListener = (event: { readonly data: unknown }) => void
type CloseListener = (event: { readonly code: number; readonly reason: string }) => void

/** A socket whose other end is the test: it sees what was sent, and delivers by hand. */
export class ScriptedSocket implements Socket {
  readonly requests: z.infer<typeof sentRequest>[] = []
  isClosed = false
  readonly #openListeners: (() => void)[] = []
  readonly #messageListeners: MessageListener[] = []
  readonly #closeListeners: CloseListener[] = []

  send(text: string): void {
    this.requests.push(sentRequest.parse(JSON.parse(text)))
  }

  close(): void {
    this.isClosed = true
  }

  addEventListener(
    ...registration: ['open', () => void] | ['message', MessageListener] | ['close', CloseListener]
  ): void {
    if (registration[0] === 'open') this.#openListeners.push(registration[1])
    else if (registration[0] === 'message') this.#messageListeners.push(registration[1])
    else this.#closeListeners.push(registration[1])
  }

  open(): void {
    for (const listener of this.#openListeners) listener()
  }

  deliver(message: unknown): void {
    for (const listener of this.#messageListeners) listener({ data: JSON.stringify(message) })
  }

  deliverText(data: unknown): void {
    for (const listener of this.#messageListeners) listener({ data })
  }

  break(code: number, reason: string): void {
    for (const listener of this.#closeListeners) listener({ code, reason })
  }
}
