import type { Clock } from '../../../shared/clock.ts'
import { ApertiumCapitals } from './apertium-capitals.ts'
import { ApertiumLine } from './apertium-line.ts'
import { type Mode, readModes } from './apertium-modes.ts'
import { ApertiumPairs } from './apertium-pairs.ts'
import { beginLike, fromStream, isWithoutCapitals, toStream } from './apertium-text.ts'
import { nothingToTranslate } from './nothing-to-translate.ts'
import type { Translation, TranslationRequest, Translator } from './translator.ts'

export type ApertiumSettings = {
  /** A folder with one file for each language pair, such as `eng-spa.mode`. */
  readonly modesPath: string
  /** Language pairs that may be loaded at once. */
  readonly mostPairs: number
}

export const MOST_CHARACTERS = 10_000
/** A pair that nobody has used for so long is ended. */
const IDLE_MS = 10 * 60_000

/** Writes down what it knows about each word, in a format that is known here. */
const ANALYSER = 'lt-proc'

type LoadedPair = {
  readonly line: ApertiumLine
  readonly capitals: ApertiumCapitals | undefined
  users: number
  cancelEnd: () => void
}

/** Translates with the Apertium on this machine; each language pair in use is a set of processes, about 140 MB. */
export class ApertiumTranslator implements Translator {
  readonly #pairs: ApertiumPairs
  readonly #mostPairs: number
  readonly #clock: Clock
  /** The one longest not used comes first. */
  readonly #loaded = new Map<Mode, LoadedPair>()
  readonly #ending = new Set<Promise<unknown>>()
  #closed = false

  private constructor(modes: readonly Mode[], mostPairs: number, clock: Clock) {
    this.#pairs = new ApertiumPairs(modes)
    this.#mostPairs = mostPairs
    this.#clock = clock
  }

  /** Without Apertium on this machine, it supports nothing. */
  static async create(settings: ApertiumSettings, clock: Clock): Promise<ApertiumTranslator> {
    return new ApertiumTranslator(await readModes(settings.modesPath), settings.mostPairs, clock)
  }

  /** How many language pairs it knows. */
  get pairs(): number {
    return this.#pairs.size
  }

  supports(from: string, to: string): boolean {
    return this.#pairs.find(from, to) !== undefined
  }

  async translate({ text, from, to, signal }: TranslationRequest): Promise<Translation> {
    const mode = this.#pairs.find(from, to)
    if (mode === undefined) return { kind: 'pair_unsupported', detail: 'this language pair is not installed' }
    if (text.length > MOST_CHARACTERS) return { kind: 'overloaded', detail: 'the text is too long' }
    if (nothingToTranslate(text)) return { text }
    const pair = this.#load(mode)
    if (pair === undefined) return { kind: 'overloaded', detail: 'too many language pairs are in use' }
    pair.users += 1
    pair.cancelEnd()
    try {
      const stream = toStream(text)
      const source = isWithoutCapitals(text) ? await pair.capitals?.restore(stream, signal) : stream
      const answer = await pair.line.ask(source ?? stream, signal)
      return 'kind' in answer ? answer : { text: beginLike(text, fromStream(answer.text)) }
    } finally {
      pair.users -= 1
      if (pair.users === 0) pair.cancelEnd = this.#clock.after(IDLE_MS, () => this.#unload(mode, pair))
    }
  }

  /** Resolves when no process of it runs any more. */
  async close(): Promise<void> {
    this.#closed = true
    for (const [mode, pair] of this.#loaded) this.#unload(mode, pair)
    await Promise.all(this.#ending)
  }

  #load(mode: Mode): LoadedPair | undefined {
    if (this.#closed) return undefined
    const loaded = this.#loaded.get(mode) ?? (this.#makeRoom() ? this.#start(mode) : undefined)
    if (loaded === undefined) return undefined
    this.#loaded.delete(mode)
    this.#loaded.set(mode, loaded)
    return loaded
  }

  #makeRoom(): boolean {
    if (this.#loaded.size < this.#mostPairs) return true
    const idle = [...this.#loaded].find(([, { users }]) => users === 0)
    if (idle === undefined) return false
    this.#unload(...idle)
    return true
  }

  #start(mode: Mode): LoadedPair {
    const [first] = mode.commands
    return {
      line: new ApertiumLine(mode.commands, this.#clock),
      capitals: first?.program === ANALYSER ? new ApertiumCapitals(new ApertiumLine([first], this.#clock)) : undefined,
      users: 0,
      cancelEnd: () => undefined,
    }
  }

  #unload(mode: Mode, pair: LoadedPair): void {
    pair.cancelEnd()
    this.#loaded.delete(mode)
    const ending = Promise.all([pair.line.close(), pair.capitals?.close()]).finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }
}
