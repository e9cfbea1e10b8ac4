import type { RealtimeEvent } from './realtime-event.ts'
import type { UtteranceAnswer } from './speech-connection.ts'

/** Ids of answered items that are remembered, so that what comes late for them is not taken for the next one's. */
const MAX_REMEMBERED = 64

type Item = { readonly answer: UtteranceAnswer; id: string | undefined; text: string; committed: boolean }

/**
 * Matches a server's items to utterances: an item's first event names it, and items are made in the order of the
 * utterances. Their texts may come in any order.
 */
export class RealtimeItems {
  readonly #items: Item[] = []
  readonly #answered = new Set<string>()

  begin(answer: UtteranceAnswer): void {
    this.#items.push({ answer, id: undefined, text: '', committed: false })
  }

  finish(): void {
    const item = this.#items.at(-1)
    if (item !== undefined) item.committed = true
  }

  receive(event: Exclude<RealtimeEvent, { type: 'error' }>): void {
    if (!('itemId' in event) || this.#answered.has(event.itemId)) return
    const item = this.#itemOf(event.itemId)
    if (item === undefined || event.type === 'committed') return
    item.text = event.type === 'more' ? item.text + event.text : event.text
    if (event.type !== 'completed') item.answer.partial(item.text)
    else if (item.committed) this.#complete(item, event.itemId)
  }

  #itemOf(id: string): Item | undefined {
    const known = this.#items.find((item) => item.id === id)
    if (known !== undefined) return known
    const unnamed = this.#items.find((item) => item.id === undefined)
    if (unnamed !== undefined) unnamed.id = id
    return unnamed
  }

  #complete(item: Item, id: string): void {
    this.#items.splice(this.#items.indexOf(item), 1)
    this.#answered.add(id)
    for (const oldest of this.#answered) {
      if (this.#answered.size <= MAX_REMEMBERED) break
      this.#answered.delete(oldest)
    }
    item.answer.final(item.text)
  }
}
