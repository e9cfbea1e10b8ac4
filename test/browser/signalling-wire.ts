import type { Page } from 'playwright-core'
import { z } from 'zod'
import type { Event, Method, Notifications } from '../../shared/protocol/messages.ts'

const sentRequest = z.object({ method: z.string(), data: z.unknown() })

/**
 * A page's signalling connection with the test in the middle: everything passes, what the page asks is kept in order, and
 * the test can say what a media node would say.
 */
export class SignallingWire {
  readonly #requests: z.infer<typeof sentRequest>[] = []
  #toPage: (text: string) => void = () => {}
  #cut: () => void = () => {}
  #isBlocked = false

  private constructor() {}

  /** For connections that the page makes from now on. */
  static async of(page: Page): Promise<SignallingWire> {
    const wire = new SignallingWire()
    await page.routeWebSocket(/.*/, (toPage) => {
      if (wire.#isBlocked) {
        toPage.close()
        return
      }
      const toNode = toPage.connectToServer()
      wire.#toPage = (text) => toPage.send(text)
      wire.#cut = () => {
        toNode.close()
        toPage.close()
      }
      toPage.onMessage((message) => {
        wire.#requests.push(sentRequest.parse(JSON.parse(message.toString())))
        toNode.send(message)
      })
    })
    return wire
  }

  /** The methods that the page has asked for, in order. */
  get methods(): readonly string[] {
    return this.#requests.map(({ method }) => method)
  }

  /** What the page has sent with each request of a method. */
  sent(method: Method): readonly unknown[] {
    return this.#requests.filter((request) => request.method === method).map(({ data }) => data)
  }

  /** Breaks the present connection for both sides, as a proxy that is restarted does. */
  cut(): void {
    this.#cut()
  }

  /** Breaks the present connection and every further one, until `unblock()`. */
  block(): void {
    this.#isBlocked = true
    this.#cut()
  }

  unblock(): void {
    this.#isBlocked = false
  }

  /** Tells the page something as the media node would. */
  notify<E extends Event>(event: E, data: Notifications[E]): void {
    this.#toPage(JSON.stringify({ event, data }))
  }
}
