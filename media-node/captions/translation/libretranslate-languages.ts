import { z } from 'zod'
import type { Clock } from '../../../shared/clock.ts'
import type { HttpJson } from './http-json.ts'
import { canonicalTag, lookupOrder } from './language-lookup.ts'
import { within } from './within.ts'

const GOOD_FOR_MS = 60 * 60_000
/** After asking in vain. */
const ASK_AGAIN_AFTER_MS = 30_000
const REQUEST_DEADLINE_MS = 5_000
const MOST_ANSWER_BYTES = 1_048_576

const answerOf = z.array(z.object({ code: z.string(), targets: z.array(z.string()).optional() })).max(1_000)

/** LibreTranslate's names for what has no code of two letters. */
const OWN_NAMES: Readonly<Record<string, string>> = { pb: 'pt-BR', zt: 'zh-Hant' }

export type LibreTranslatePair = { readonly source: string; readonly target: string }

/** Which pairs a LibreTranslate server knows: asked when first needed and every hour from then on. */
export class LibreTranslateLanguages {
  readonly #http: HttpJson
  readonly #clock: Clock
  readonly #closing = new AbortController()
  /** The server's name and targets of each language, by tag; undefined until it is known. */
  #known: Map<string, { readonly code: string; readonly targets: ReadonlyMap<string, string> }> | undefined
  #askAt = 0

  constructor(http: HttpJson, clock: Clock) {
    this.#http = http
    this.#clock = clock
  }

  /** By the server's names; undefined when it is known not to have the pair, a guess when nothing is known yet. */
  find(from: string, to: string): LibreTranslatePair | undefined {
    this.#renew()
    const [sources, targets] = [lookupOrder(from), lookupOrder(to)]
    if (this.#known === undefined) return pairOf(sources.at(-1), targets.at(-1))
    const source = sources.map((tag) => this.#known?.get(tag)).find((known) => known !== undefined)
    const target = targets.map((tag) => source?.targets.get(tag)).find((code) => code !== undefined)
    return pairOf(source?.code, target)
  }

  close(): void {
    this.#closing.abort()
  }

  #renew(): void {
    const now = this.#clock.now()
    if (now < this.#askAt || this.#closing.signal.aborted) return
    this.#askAt = now + ASK_AGAIN_AFTER_MS
    this.#ask().catch(() => undefined)
  }

  /** When it fails, what was known stays so. */
  async #ask(): Promise<void> {
    const limits = { signal: this.#closing.signal, clock: this.#clock, deadlineMs: REQUEST_DEADLINE_MS }
    const answer = await within(limits, (signal) =>
      this.#http.ask({ path: 'languages', mostAnswerBytes: MOST_ANSWER_BYTES, signal }),
    )
    if ('kind' in answer || answer.status !== 200) return
    const languages = answerOf.parse(answer.body)
    const all = languages.map(({ code }) => code)
    this.#known = new Map(
      languages.map(({ code, targets = all }) => [
        tagOf(code),
        { code, targets: new Map(targets.map((target) => [tagOf(target), target])) },
      ]),
    )
    this.#askAt = this.#clock.now() + GOOD_FOR_MS
  }
}

function pairOf(source: string | undefined, target: string | undefined): LibreTranslatePair | undefined {
  return source === undefined || target === undefined || source === target ? undefined : { source, target }
}

function tagOf(code: string): string {
  return OWN_NAMES[code] ?? canonicalTag(code) ?? code
}
