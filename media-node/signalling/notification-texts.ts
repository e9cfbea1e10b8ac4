import type { Event, Notifications } from '../../shared/protocol/messages.ts'

/** Notifications as they are sent. The same data to many, one after the other, is encoded once. */
export class NotificationTexts {
  #last: { readonly event: Event; readonly data: object; readonly text: string } | undefined

  /** The data of a notification never changes once it was sent. */
  of<E extends Event>(event: E, data: Notifications[E]): string {
    if (this.#last?.event !== event || this.#last.data !== data) {
      this.#last = { event, data, text: JSON.stringify({ event, data }) }
    }
    return this.#last.text
  }
}
