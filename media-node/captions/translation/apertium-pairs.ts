import type { Mode } from './apertium-modes.ts'
import { lookupOrder } from './language-lookup.ts'

/** Finds the mode for two languages; the most exact one when there are several. */
export class ApertiumPairs {
  readonly #modes = new Map<string, Mode>()

  constructor(modes: readonly Mode[]) {
    for (const mode of modes) this.#modes.set(keyOf(mode.from, mode.to), mode)
  }

  get size(): number {
    return this.#modes.size
  }

  /** From `es-MX` to `en-GB` finds Spanish to English when there is nothing nearer. */
  find(from: string, to: string): Mode | undefined {
    const sources = lookupOrder(from)
    for (const target of lookupOrder(to)) {
      for (const source of sources) {
        const mode = this.#modes.get(keyOf(source, target))
        if (mode !== undefined) return mode
      }
    }
    return undefined
  }
}

function keyOf(from: string, to: string): string {
  return `${from} ${to}`
}
